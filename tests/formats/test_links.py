"""Relative links of Markdown, with their lines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitsession.formats.links import prose_of, relative_links


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("[a](b.md)", [(1, "b.md")]),
        ("\n![a](<b c.md>) and [d](e%20f.md#g 'title')", [(2, "b c.md"), (2, "e f.md")]),
        ("[a](b_(c).md) [d](e\\_f.md)", [(1, "b_(c).md"), (1, "e_f.md")]),
        ("x\r\n\r\n[0002]: ../0002-x.md\r\n", [(3, "../0002-x.md")]),
        ("[a]: b.md 'title'\n[^1]: a footnote.md\n[note]: see below", [(1, "b.md")]),
        ("[a](https://b.c) [a](//b) [a](mailto:b) [a](#b) [a](?b) [a]()", []),
        ("\\](a.md) [a] (b.md)", []),
        ("`[a](b.md)` ``[a](`b.md)`` `a\nb [c](d.md)`", []),
        ("`a\n\n[c](d.md)`", [(3, "d.md")]),
        ("\\`[a](b.md)`", [(1, "b.md")]),
        ("- ```sh\n  [a](b.md)\n  ```\n- [c](d.md)", [(4, "d.md")]),
        ("~~~~\n[a](b.md)\n~~~\n[a](b.md)", []),
        ("``` a`b\n[a](b.md)", [(2, "b.md")]),
        ("<!-- [a](b.md)\n[a](b.md) --> [c](d.md)", [(2, "d.md")]),
    ],
)
def test_links_of_prose(text: str, links: list[tuple[int, str]]) -> None:
    assert relative_links(text) == links


@given(st.text(alphabet="`~<!->[]()ab \n\\#:", max_size=60))
def test_prose_keeps_every_line_in_its_place(text: str) -> None:
    prose = prose_of(text)
    assert len(prose) == len(text)
    assert all(p in (t, " ") for p, t in zip(prose, text, strict=True))
