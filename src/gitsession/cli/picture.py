"""Pictures of figures, as SVG written by hand. One grey and one blue are read on white and on black alike, whatever theme shows them."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import NamedTuple

from gitsession.errors import visible

_TEXT = "#737b84"
_BARS = "#2f81f7"
_WIDTH = 860
_ROW = 22
_LETTER = 6.8  # a letter of the font is about as wide
_MOST = 34  # letters of a name


class Bar(NamedTuple):
    """A line of a picture: a name, where its bar begins and ends (0 to 1), and what is said of it."""

    name: str
    begin: float
    end: float
    about: str


class Curve(NamedTuple):
    """A figure through time: None leaves a gap."""

    name: str
    values: Sequence[float | None]
    about: str


def draw_bars(title: str, bars: Sequence[Bar], axis: Sequence[str] = ()) -> str:
    """Bars below each other; `axis` says what stands at the left and at the right end."""
    left, right = _room(b.name for b in bars), 230 if any(b.about for b in bars) else 16
    room = _WIDTH - left - right
    parts = []
    y = 44.0
    for bar in bars:
        x = left + bar.begin * room
        width = max((bar.end - bar.begin) * room, 2.0)
        parts += [
            _text(16, y, bar.name),
            f'<rect x="{x:.1f}" y="{y - 11:.1f}" width="{width:.1f}" height="14" rx="2" fill="{_BARS}"/>',
            _text(left + room + 12, y, bar.about),
        ]
        y += _ROW
    if axis and bars:
        parts += [_text(left, y + 2, axis[0]), _text(left + room, y + 2, axis[-1], anchor="end")]
        y += _ROW
    return _svg(title, parts, y)


def draw_curves(title: str, curves: Sequence[Curve], axis: Sequence[str] = ()) -> str:
    """Small pictures below each other, a column for each point of time; each has a scale of its own, from zero."""
    left, right = _room(c.name for c in curves), 230
    room = _WIDTH - left - right
    parts = []
    y = 60.0
    for curve in curves:
        most = max((v for v in curve.values if v is not None), default=0) or 1
        step = room / max(len(curve.values), 1)
        parts.append(_text(16, y, curve.name))
        for at, value in enumerate(curve.values):
            if value is not None:
                height = max(value / most * 30, 1.0)
                parts.append(f'<rect x="{left + at * step:.1f}" y="{y + 4 - height:.1f}" width="{max(min(step * 0.8, 24), 0.5):.1f}" '
                             f'height="{height:.1f}" fill="{_BARS}"/>')  # fmt: skip
        parts.append(_text(left + room + 12, y, curve.about))
        y += 44
    if axis:
        parts += [_text(left, y - 16, axis[0]), _text(left + room, y - 16, axis[-1], anchor="end")]
    return _svg(title, parts, y)


def _room(names: Iterable[str]) -> float:
    longest = max((len(name) for name in names), default=0)
    return 32 + min(longest, _MOST) * _LETTER


def _text(x: float, y: float, text: str, *, anchor: str = "start", bold: bool = False) -> str:
    """Words from anywhere are cut to what they have room for; a title, in bold, is ours."""
    text = visible(text)
    cut = text if bold or len(text) <= _MOST else text[: _MOST - 3] + "..."
    more = f' text-anchor="{anchor}"' * (anchor != "start") + ' font-weight="600"' * bold
    return f'<text x="{x:.1f}" y="{y:.1f}"{more}>{escape(cut)}</text>'


def _svg(title: str, parts: Sequence[str], height: float) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height:.0f}" viewBox="0 0 {_WIDTH} {height:.0f}" '
        f'role="img" aria-label="{escape(title)}" font-family="ui-monospace, monospace" font-size="11" fill="{_TEXT}">'
    )
    return (
        "\n".join(
            [head, f"<title>{escape(title)}</title>", _text(16, 20, title, bold=True), *filter(None, parts), "</svg>"]
        )
        + "\n"
    )
