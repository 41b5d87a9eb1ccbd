"""Lines on knowledge: in a share of their own, so that no fact is displaced by them, nor depends on what fits."""

import pytest
from feedpost import BACKGROUND, ONE, SOURCE
from feedpost import THREE as CURRENT

from gitsession.handoff import compare, derive
from gitsession.model.fold import Item
from gitsession.model.handoff import Handoff, Source, TouchedFile
from gitsession.model.knowledge import Knowledge, terms_of, weigh, words_of

THREE = tuple((f"pattern-{n}-k3f9", f"Pattern {n}") for n in range(3))


#: More background and files than any page holds, so that it is full to the brim.
FULL = SOURCE._replace(
    fold=SOURCE.fold._replace(background=(*BACKGROUND, *(Item("lesson", f"l {n}", ONE) for n in range(400)))),
    files=tuple(TouchedFile(f"f{n}", (CURRENT,)) for n in range(400)),
)


def page(*known: tuple[str, str], budget: int | None = None, source: Source = SOURCE, **fields: object) -> Handoff:
    return derive(source._replace(knowledge=known, **fields), budget)


def lines_of(handoff: Handoff) -> list[str]:
    return [line for line in handoff.text.split("\n") if line.startswith("- Knowledge: ")]


def test_lines_link_to_the_files_from_where_the_page_lies() -> None:
    assert lines_of(page(*THREE))[0] == "- Knowledge: [Pattern 0](knowledge/pattern-0-k3f9.md)"
    assert lines_of(page(*THREE, folder_up="../"))[2] == "- Knowledge: [Pattern 2](../knowledge/pattern-2-k3f9.md)"
    assert page(*THREE).figures[:4] == derive(SOURCE).figures[:4]  # it is no fact


@pytest.mark.parametrize("title", ["[x](http://evil.example)", "a ](b.md) c", "<b>x</b>", "x" * 4000, "a\nb"])
def test_a_title_stays_a_title(title: str) -> None:
    (line,) = lines_of(page(("k", title)))
    assert line.endswith("](knowledge/k.md)")
    assert line.count("](") == 1
    assert "<b" not in line.replace("\\<", "")
    assert len(line) < 200


@pytest.mark.parametrize("budget", [*range(0, 1200, 40), 2000])
def test_knowledge_takes_no_room_from_facts_in_force_and_keeps_to_the_budget(budget: int) -> None:
    without = derive(FULL, budget)
    none_fits, some = page(budget=budget, source=FULL), page(*THREE, budget=budget, source=FULL)
    assert some.figures.in_force_carried == without.figures.in_force_carried
    assert some.figures.tokens <= max(budget, derive(FULL, 0).figures.tokens)
    assert [line for line in some.text.split("\n")[:-2] if line not in (*lines_of(some), "", "## Watch out")] == [
        line for line in none_fits.text.split("\n")[:-2] if line not in ("", "## Watch out")
    ]


def test_what_fits_may_change_with_files_and_a_page_is_behind_then() -> None:
    assert compare(page(*THREE).text, page(*THREE[1:]))[0] == "behind"
    empty = SOURCE.fold._replace(background=())
    assert compare(page(*THREE, fold=empty).text, page(fold=empty))[0] == "behind"
    assert compare(page(*THREE).text.replace("Pattern 1", "Pattern 9"), page(*THREE))[0] == "wrong"


@pytest.mark.parametrize(
    ("goal", "paths", "weight"),
    [
        ("Retry when 429 comes", "", 4),  # two words of the title
        ("HTTP errors", "", 4),  # a tag
        ("Rate limits", "", 4),  # a tag of two words, one of them in the plural
        ("The rate of errors", "", 0),
        ("Mail", "src/http/client.py", 4),
        ("Answer 429 with a header and a delay", "", 4),
        ("Mail", "retry/header/delay.py", 0),  # paths do not count for the body
        ("What to do next with the code", "", 0),
    ],
)
def test_what_fits(goal: str, paths: str, weight: int) -> None:
    terms = terms_of(Knowledge("Retry on 429", "What the `Retry-After` header says is the delay.", ("http", "rate-limit")))
    assert weigh(terms, words_of(goal), words_of(paths)) == weight
