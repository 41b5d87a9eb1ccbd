"""From a source to the page: frame, facts by priority within the budget, what did not fit, closing comment."""

from collections import Counter

from gitsession.handoff import history, knowledge, now
from gitsession.handoff.background import UNTOLD
from gitsession.handoff.budget import SECTIONS, Filling, Row, heading
from gitsession.handoff.confidence import Confidence, share
from gitsession.handoff.history import history_rows
from gitsession.handoff.knowledge import knowledge_rows
from gitsession.handoff.links import Links
from gitsession.handoff.page import WATCH_OUT, WHERE_TO_LOOK, closing_comment
from gitsession.handoff.people import name
from gitsession.handoff.select import INTROS, LATER, select
from gitsession.handoff.text import block, clean, first_paragraph, inline, shorten
from gitsession.model.fold import nearest
from gitsession.model.handoff import BYTES_PER_TOKEN, Figures, Handoff, Source
from gitsession.model.numbers import number_of

FEW = 5  # facts, below which a share says nothing
_LINKS_PER_LINE = 5
_SHARE_FOR_MORE = 5  # a fifth of what facts in force leave says what did not fit,
_ROOM_FOR_MORE = 800  # with this many bytes at most
_BYTES_PER_LINK = 1500  # of the page, for each link to what did not fit of the facts in force
_BYTES_PER_FACT = 80
_CHOSEN = 10  # sessions that are named one by one

_WORDS = {
    "step": ("step", "steps"),
    "blocker": ("blocker", "blockers"),
    "question": ("question", "questions"),
    "constraint": ("constraint", "constraints"),
    "decision": ("decision", "decisions"),
    "error": ("error", "errors"),
    "state": ("line of state", "lines of state"),
    "lesson": ("lesson", "lessons"),
    "command": ("command", "commands"),
    "note": ("note", "notes"),
    "done": ("thing done", "things done"),
}
_CLOSED = {"error": "solved", "decision": "retired", "constraint": "retired"}


def derive(source: Source, budget: int | None = None) -> Handoff:
    """The page for a source: of at most `budget` tokens (else those of the settings), closing comment included.

    A budget too small for the whole frame gives a page with a smaller one; the smallest is the closing comment alone.
    """
    limit = BYTES_PER_TOKEN * (source.settings.budget if budget is None else budget)
    session = source.session.stem if source.session else ""
    source = source._replace(fold=nearest(source.fold, session, most_listed(limit)))
    for frame in (_Frame.full, _Frame.terse):
        page = frame(source, limit)
        if page is not None:
            return page
    return _Frame.bare(source, limit)


def most_listed(limit: int) -> int:
    """How many facts in force of each kind may have a place on a page of so many bytes: a line of a list takes as many."""
    return limit // _BYTES_PER_FACT


def render_json(handoff: Handoff) -> dict[str, object]:
    """A page as a record for programs: session, figures, and the lines of each section."""
    figures = handoff.figures
    return {
        "session": handoff.session or None,
        "figures": {
            "in_force": figures.in_force,
            "in_force_carried": figures.in_force_carried,
            "background": figures.background,
            "background_carried": figures.background_carried,
            "preservation": figures.preservation,
            "confidence": figures.confidence,
            "reasons": list(figures.reasons),
            "tokens": figures.tokens,
        },
        "sections": [{"heading": title, "lines": list(lines)} for title, lines in handoff.sections],
    }


class _Frame:
    """What stands on every page around the facts, at one size."""

    def __init__(self, source: Source, limit: int, *, terse: bool) -> None:
        self.source = source
        self.limit = limit
        self.links = Links(source.stems, source.folder_up)
        self.selection = select(source, self.links, inline_taken=not terse)
        self.in_force = sum(1 for item in source.fold.in_force if item.stem) + sum(
            f.number for f in source.fold.further
        )
        self.background = max(source.fold.background_total, len(source.fold.background))
        goal = "" if terse else shorten(first_paragraph(source.settings.goal), limit // 16)
        self.title = f"# {name(source.settings.name) if source.settings.name.strip() else 'Project'}: handoff\n"
        if goal:
            self.title += f"\n{block(goal)}\n"
        sizes = (60, 0) if terse else (max(60, limit // 32), limit // 12)
        self.now, self.now_refs = now.session_line(source, self.links, self.selection.taken, sizes)

    @classmethod
    def full(cls, source: Source, limit: int) -> Handoff | None:
        """With goals; None where they would take the room of facts."""
        frame = cls(source, limit, terse=False)
        return frame.page() if frame.size() * 2 <= limit else None

    @classmethod
    def terse(cls, source: Source, limit: int) -> Handoff | None:
        """Without goals; None where even that leaves no room."""
        frame = cls(source, limit, terse=True)
        return frame.page() if frame.size() <= limit else None

    @classmethod
    def bare(cls, source: Source, limit: int) -> Handoff:
        """That nothing fits, and the closing comment; where that is too much, the comment."""
        frame = cls(source, 0, terse=True)
        figures = frame.figures(0, 0)
        body = f"# Handoff\n\n> Nothing fits in {limit // BYTES_PER_TOKEN} tokens.\n> {frame.counts(figures)}\n\n"
        page = frame.finish(body, figures, ())
        return page if len(page.text.encode()) <= limit else frame.finish("", figures, ())

    def size(self) -> int:
        """Bytes of the frame at its widest, history's share included; nothing chosen later makes it larger."""
        links = sum(len(self.links.definition(stem).encode()) for stem in dict.fromkeys(self.now_refs))
        head = self.head(self.figures(0, 0), None) + self.now + "\n## Now\n"
        comment, _ = closing_comment(
            "", self.figures(self.in_force, self.background), self._stem(), self.source.checkpoints_digest
        )
        # Digits that the final figures may have more: counts (twice in the head), shares (three), tokens.
        slack = 2 * len(str(self.in_force)) + len(str(self.background)) + 3 + len(str(self.limit))
        return len(head.encode()) + links + len("\n\n") + len(comment.encode()) + slack + self.history_share()

    def history_share(self) -> int:
        """Bytes for what comes from history, used or not."""
        return self.limit * history.PERCENT // 100

    def knowledge_share(self) -> int:
        """Bytes for knowledge that fits, of those that facts in force leave; none where there is no knowledge at all."""
        return 0 if self.source.knowledge is None else self.limit * knowledge.PERCENT // 100

    def page(self) -> Handoff | None:
        """The page with all that fits; None where not even the line on what does not fit has room."""
        selection, links = self.selection, self.links
        # Files that a checkpoint names take from the share of those that history names.
        named = min(
            self.history_share(), sum(len(r.prefix.encode()) for r in selection.rows if r.section == WHERE_TO_LOOK)
        )
        room = self.limit - self.size() + named
        binding = range(selection.binding)
        filling = self._filling(room)
        filling.fill(binding)
        omitted = [selection.rows[i] for i in binding if i not in filling.chosen]
        if omitted or self.source.fold.further:  # once more, with room to say so
            room -= self._omission_room()
            if room < 0:
                return None
            filling = self._filling(room)
            filling.fill(binding)
            omitted = [selection.rows[i] for i in binding if i not in filling.chosen]
            filling.refs.update(self._omission(omitted)[1])
        # Whether any of it fits or not: what does depends on files, and no fact may depend on them.
        known = min(self.knowledge_share(), filling.room)
        filling.room -= known
        filling = self._fill_background(filling)
        carried = len(selection.taken) + sum(filling.rows[i].force for i in filling.chosen)
        figures = self.figures(carried, sum(len(filling.rows[i].back) for i in filling.chosen))
        untold = [(i, row.stem) for i, row in enumerate(selection.rows) if row.kind == UNTOLD and i in filling.chosen]
        for row in history_rows(self.source, links, untold, self.history_share() - named):
            filling.put(row)
        headed = any(filling.rows[i].section == WATCH_OUT for i in filling.chosen)
        for row in knowledge_rows(self.source, known, headed=headed):
            filling.put(row)
        lines = filling.sections()
        lines.setdefault("Now", []).insert(0, (0, self.now.removesuffix("\n")))
        body = self.head(figures, omitted) + _sections(lines)
        refs = sorted(filling.refs, key=links.order)
        body += "\n" + "".join(links.definition(stem) for stem in refs) + ("\n" if refs else "")
        carried_lines = tuple(
            (section, tuple(text for _, text in lines[section])) for section in SECTIONS if section in lines
        )
        return self.finish(body, figures, carried_lines)

    def _filling(self, room: int) -> Filling:
        return Filling(self.selection.rows, room, self.links, INTROS, self.now_refs)

    def _fill_background(self, binding: Filling) -> Filling:
        """Background in the room that is left; where not all of it fits, a part of that room says what is missing."""
        indices = range(self.selection.binding, len(self.selection.rows))
        filling = binding.copy()
        filling.fill(indices)
        if not self._missing(filling):
            return filling
        reserve = min(binding.room // _SHARE_FOR_MORE, _ROOM_FOR_MORE)
        for _ in range(2):  # the second time with what these lines took the first time
            filling = binding.copy()
            filling.room -= reserve
            filling.fill(indices)
            filling.room += reserve
            room = filling.room
            for place, (kind, stems) in enumerate(self._missing(filling).items()):
                self._add_more(filling, f"- {_count(stems.total(), kind, _CLOSED.get(kind, 'older'))}", stems, place)
            reserve = min(reserve, room - filling.room)
        return filling

    def _missing(self, filling: Filling) -> dict[str, Counter[str]]:
        """Background that is not carried: by kind, how many facts of which session ("" where that is not known)."""
        fold = self.source.fold
        missing: dict[str, Counter[str]] = {}
        for item in fold.background:
            missing.setdefault(item.kind, Counter())[item.stem] += 1
        for index in filling.chosen:
            row = filling.rows[index]
            if row.back:
                missing.setdefault(row.kind, Counter()).subtract(row.back)
        for kind, number, stems in fold.older:
            counter = missing.setdefault(kind, Counter())
            for stem in stems:
                counter[stem] += 1
            counter[""] += number - len(stems)
        return {kind: stems for kind, stems in missing.items() if stems.total() > 0}

    def _add_more(self, filling: Filling, text: str, stems: Counter[str], place: int) -> None:
        """Add a line on what is missing, with as many links as fit."""
        newest = sorted(
            (stem for stem, number in stems.items() if number > 0 and stem), key=self.links.order, reverse=True
        )
        for count in range(min(len(newest), _LINKS_PER_LINE), -1, -1):
            refs = tuple(newest[:count])
            suffix = ": " + " ".join(self.links.ref(stem) for stem in refs) if refs else ""
            if filling.add(Row("More", (0, place), text, "", suffix, refs)):
                return

    def finish(self, body: str, figures: Figures, sections: tuple[tuple[str, tuple[str, ...]], ...]) -> Handoff:
        """The body with its closing comment."""
        comment, tokens = closing_comment(body, figures, self._stem(), self.source.checkpoints_digest)
        return Handoff(
            text=body + comment,
            figures=Figures(
                figures.in_force,
                figures.in_force_carried,
                figures.background,
                figures.background_carried,
                figures.preservation,
                figures.confidence,
                figures.reasons,
                tokens,
            ),
            session=self._stem(),
            sections=sections,
        )

    def figures(self, in_force_carried: int, background_carried: int) -> Figures:
        """The figures for what is carried."""
        confidence = Confidence(self.source.fold, self.in_force, in_force_carried)
        enough = self.in_force + self.background >= FEW
        return Figures(
            in_force=self.in_force,
            in_force_carried=in_force_carried,
            background=self.background,
            background_carried=min(background_carried, self.background),
            preservation=share(in_force_carried, self.in_force) if enough else None,
            confidence=confidence.value,
            reasons=confidence.reasons(),
        )

    def counts(self, figures: Figures) -> str:
        """Counts in words."""
        text = f"In force: {figures.in_force_carried} of {figures.in_force} facts."
        text += f" Background: {figures.background_carried} of {figures.background}."
        return text if figures.preservation is not None else text + " Preservation: too little recorded to say."

    def head(self, figures: Figures, omitted: list[Row] | None) -> str:
        """Title, goal and the block quote; with no line on what does not fit for None."""
        place = "in the folder above" if self.source.folder_up else "in this folder"
        newer = f" A session {place} with a higher number is newer than this page."
        text = f"{self.title}\n> Covers {self._span()}.{'' if self.source.chosen else newer}\n"
        beside = place if self.source.folder_up else "beside it"
        text += f"> Derived from the checkpoints {beside} (edit those). {self.counts(figures)}\n"
        text += self._omission(omitted)[0] if omitted is not None else ""
        return text + Confidence(self.source.fold, self.in_force, figures.in_force_carried).line(self.links)

    def _span(self) -> str:
        """The sessions that the page covers, from the oldest to the highest number; those that were chosen one by one."""
        if chosen := self.source.chosen:
            names = [self.links.label(stem) for stem in chosen[-_CHOSEN:]]
            more = f" and {len(chosen) - _CHOSEN} older" if len(chosen) > _CHOSEN else ""
            return f"{len(chosen)} chosen session{'s' * (len(chosen) != 1)} only: {', '.join(names)}{more}"
        last = self.links.numbers.highest
        if not last:
            return "no session yet"
        first = number_of(self.source.fold.first) or self.links.numbers.lowest
        return f"session {last}" if first == last else f"sessions {first} to {last}"

    def _omission(self, omitted: list[Row]) -> tuple[str, list[str]]:
        """The line that says how many facts in force did not fit, and the sessions that it links to."""
        further = self.source.fold.further
        if not omitted and not further:
            return "", []
        counts = Counter(row.kind if row.stem else "project" for row in omitted)
        for kind, number, _, _ in further:
            counts[kind] += number
        words = [_count(number, kind) for kind, number in counts.items() if kind != "project"]
        if counts["project"]:
            words.append(f"{_count(counts['project'], 'constraint')} of project.yml")
        text = f"> **Not on this page for want of room: {counts.total()} in force** ({', '.join(words)})"
        most = min(_LINKS_PER_LINE, self.limit // _BYTES_PER_LINK)
        stems = sorted(self._stems(omitted) - {""}, key=self.links.order, reverse=True)[:most]
        return text + (f": {' '.join(map(self.links.ref, stems))}\n" if stems else ".\n"), stems

    def _omission_room(self) -> int:
        """Bytes of that line with its links, whichever facts it will be about in the end."""
        binding = self.selection.rows[: self.selection.binding]
        text, stems = self._omission(binding)
        costs = [len(self.links.definition(stem)) + len(self.links.ref(stem)) + 1 for stem in self._stems(binding)]
        return len(text.encode()) + len(stems) * max(costs)

    def _stems(self, rows: list[Row]) -> set[str]:
        """The sessions of these rows, and of what is not listed."""
        return {row.stem for row in rows} | {stem for further in self.source.fold.further for stem in further.stems}

    def _stem(self) -> str:
        return self.source.session.stem if self.source.session else ""


def _sections(lines: dict[str, list[tuple[int, str]]]) -> str:
    text = ""
    for section in SECTIONS:
        rows = lines.get(section, [])
        for number, (group, line) in enumerate(rows):
            if not number:
                text += heading(section)
            if not number or group != rows[number - 1][0]:
                intro = INTROS.get((section, group), "")
                text += intro if number else intro.removeprefix("\n")
            if section == "Next" and group != LATER:  # numbers are places on the page
                text += f"{number + 1}. {line.partition('. ')[2]}\n"
            else:
                text += line + "\n"
    return text


def _count(number: int, kind: str, which: str = "") -> str:
    one, many = _WORDS.get(kind, (inline(clean(kind)), inline(clean(kind))))
    return f"{number} {which + ' ' if which else ''}{one if number == 1 else many}"
