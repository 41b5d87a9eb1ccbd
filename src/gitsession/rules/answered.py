"""What the agent said that a later session needs: findings, reasons, what was done, what went wrong, what is left."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from gitsession.rules.candidate import Candidate, shorten
from gitsession.rules.prose import Unit, sentences, units
from gitsession.rules.story import Exchange, Said, Story
from gitsession.rules.terms import special, terms

_SIZE = 220  # characters of one fact
_MUCH = 10_000  # characters said in all, below which there is room for longer facts
_STEP = 400  # of one that is open: it is to be done from these words
_CODE_SIZE = 160
_CODE_LENGTH = 1500  # of a piece of code that is looked at
_LATE = 3  # exchanges from the end whose lists of what is left count
_SHORT = 12  # that says nothing
_ALONE = 70  # from which on an item is clear without its heading
_REST = 40  # that say something after what was wrong before them is gone
_LEAD = 100
_NAME = 50

#: Talk about what comes in a moment, which nobody needs later.
_TALK = re.compile(
    r"\W*(?:(?:now|next|first|then|ok|okay|great|good|perfect|excellent|alright|right|so|and|also|all right|done|sure|yes|no)[,.!:]?\s+)*"
    r"(?:let me|let's|let’s|i'll|i’ll|i will|i'm going to|i’m going to|i need to|i should|i can|i want to|i have (?:the|all|a|enough)|we need to|time to|going to|here'?s|here’s|here is|here are|"
    r"now (?!passes|works|that|it|all|the)\w+|now i|now let|looking at|checking|running|reading|vou |agora |ich werde|je vais|voy a)\b",
    re.IGNORECASE,
)
_EMPTY = re.compile(
    r"\W*(?:done|perfect|great|good|excellent|.{0,60}(?:ready to (?:merge|push|ship|go|commit)|good to (?:go|merge)|when you(?:'re| are)|let me know.*|feel free.*)|all (?:tests )?pass(?:es|ing)?|no response requested|sure|ok|yes|understood|clean|fixed|works|you(?:'|’)?(?: a)?re (?:absolutely |completely )?(?:right|correct)|good (?:point|catch|question|idea))\W*$",
    re.IGNORECASE,
)
#: What a review of lines finds good, and the lines that it only names.
_PRAISE = re.compile(
    r"\W*\(?\d{1,3}\)?\W*(?:✅|👍|LGTM\b)|lines? \d+(?:\s?[-–]\s?\d+)?[^:]{0,20}: ?`?[\w.()]+`?(?: / `?[\w.()]+`?)*(?: \w+)?$",
    re.IGNORECASE,
)
# From here to `_DO`, in lower case, as the texts are that they are asked of: `re` takes several times as long where it must ignore case itself.
_ERROR = re.compile(
    r"\b(?:fail(?:s|ed|ing|ure)?|errors?|bugs?|broken?|crash\w*|panics?|exception|root cause|caused? by|the cause|problem|issue (?:is|was)|wrong|missing|leak\w*|race|deadlock|"
    r"regression|denied|timed? ?out|hangs?|conflict\w*|out of sync|stale|incorrect|doesn'?t work|did(?:n'?t| not) work|falha\w*|erro|fehler|erreur)\b"
)
_FIXED = re.compile(
    r"\b(?:fix(?:ed|es)?|resolved?|solved|now (?:passes|works)|corrected|so (?:i|we) (?:changed|switched)|the fix|behoben|corrigid\w*)\b"
)
_REASON = re.compile(
    r"\b(?:because|since|so that|due to|to avoid|instead of|rather than|in order to|therefore|which means|the reason|not needed|no need|unnecessary|on purpose|deliberately|intentional\w*|"
    r"decided|decision|chose|chosen|prefer\w*|recommend\w*|keep(?:s|ing)?|kept|convention|trade-?off|per |follows?|weil|damit|statt|porque|para evitar|em vez|car|afin)\b"
)
_CHOICE = re.compile(
    r"\b(?:because|so that|to avoid|decided|decision|chose|chosen|prefer\w*|recommend\w*|on purpose|deliberately|intentional\w*|the reason|not needed|no need|unnecessary|convention|"
    r"trade-?off|weil|damit|porque|para evitar|car|afin)\b"
)
#: What a plan binds to.
_RULES = re.compile(
    r"\b(?:do not|don'?t|never|always|must|only|skip|out of scope|instead|per user|chosen|unchanged|nicht|nie|nunca|sempre|jamais|toujours)\b",
    re.IGNORECASE,
)
_LEFT = re.compile(
    r"\b(?:remain(?:s|ing)?|still (?:open|to do|need\w*|missing|have|todo|uncommitted|pending)|not yet|to-?do|next steps?|follow[- ]?ups?|later|deferred?|left (?:for|open|to)|outstanding|pending|"
    r"open (?:items?|points?|questions?)|future|should (?:be|still|also)|could (?:be|also)|would (?:be|need)|needs? to|out of scope|separate pr|próxim\w+|pendente|offen|noch nicht|ausstehend|restant\w*)\b"
)
_LEFT_HEADING = re.compile(
    r"\b(?:next|remaining|still open|open|to-?do|todo|follow[- ]?ups?|deferred|later|outstanding|not done|left|future|próxim\w+|pend\w+|offen\w*|nächste\w*|what'?s left|backlog|unresolved)\b"
)
_DONE_HEADING = re.compile(
    r"\b(?:chang(?:es?|ed)|summary|done|fixed|fixes|added|implemented|completed?|results?|what (?:i|was) (?:did|changed|done)|files?|accomplished|verification|verified|tests?|resumo|alter\w+|feito|erledigt)\b"
)
#: Of what is not done though the words are there: "Tests worth adding", "What I would change".
_OTHER_HEADING = re.compile(
    r"\b(?:missing|worth|gaps?|should|could|would|might|suggest\w*|recommend\w*|propos\w+|to (?:add|do|fix|change)|improve\w*|issues?|problems?|concerns?|instead|options?|"
    r"if you|lines? \d+|alternat\w+|plan(?:ned)?|fehlend\w*|falta\w*|sugest\w+)\b",
    re.IGNORECASE,
)
_DONE = re.compile(
    r"\W*(?:\S+[:\s-]+){0,3}?(?:added|changed|fixed|created|removed|deleted|updated|renamed|replaced|moved|implemented|refactored|extended|wired|split|merged|committed|pushed|opened|"
    r"rewrote|introduced|converted|dropped|kept|switched|made|resolved|verified|extracted|registered|bumped|reverted|ran|tests? pass)\b"
)
#: How a review that found nothing ends.
_VERDICT = re.compile(
    r"\W*(?:no|zero|keine|nenhum\w*|aucun\w*|ningún\w*) (?:\w+ ){0,2}(?:findings?|issues?|problems?|bugs?|concerns?|blockers?|regressions?|befunde|probleme?|fehler|problemas?|erros?)\b[^.]{0,60}(?:\.|$)",
    re.IGNORECASE,
)
#: What an agent says while it works of what it is doing: "Pinning the version and checking the lockfile."
_DOING = re.compile(
    r"\W*(?:(?:now|next|first|then|ok|okay|great|good|so|and|also|still)[,.!:]?\s+)*"
    r"(?!(?:nothing|something|everything|anything|string|during|missing|existing|according|assuming|setting \S+ (?:is|was)|running \S+ (?:is|was|fail)|being|king|thing|having)\b)"
    r"[a-z]{2,}ing\b(?! (?:is|was|are|were|fail|does|did|would|will|has|had|can|cannot|needs|of)\b)",
    re.IGNORECASE,
)
#: What the person is told to do at the very end, and what the agent calls the next step.
_DO = re.compile(
    r"(?:please |now |you can now |next,? )?(?:re-?run|run|try|check|push|merge|restart|reload|install|open|verify|review|confirm|set|add|rotate|revoke|deploy|publish|tag|tell me|pull|reboot)\b(?! (?:is|was|has|were)\b)"
)
_NEXT = re.compile(
    r"(?:the )?(?:next(?: steps?)?(?: when ready)?|remaining|still (?:open|to do)|left to do|to-?do)\b[^.:]{0,40}:"
)
#: Where a sentence turns from what is so to what the agent does about it.
_ASIDE = re.compile(
    r"(?:^|[,;:.–—-]?\s+(?:so |but |and |then |now |next |which is why )*)(?:I['’]m|I am|I['’]ll|I will|I['’]ve got to|let me|let['’]s|we['’]re|one more)\b(?! (?:not|unable|using|keeping|leaving)\b).*$",
    re.IGNORECASE | re.DOTALL,
)
#: What a message in between says of how things stand, which the next run may change.
_PASSING = re.compile(
    r"\btests?\b[^.]{0,60}\b(?:fail|pass|break|green|red)|\b(?:fail|pass)(?:s|es|ing|ed)?\b[^.]{0,30}\btests?\b|\bneeds? a\b|\b(?:likely|probably|perhaps|maybe|must be|might be|could be|seems?|appears? to|suspect\w*|wahrscheinlich|vielleicht|provavelmente|talvez|peut-être|quizás?)\b|\babout to\b|\bgoing to\b|\blooks like\b|\bas expected\b",
    re.IGNORECASE,
)
#: How things stood before the last commit, which State tells.
_GIT_STATE = re.compile(
    r"\b(?:uncommitted|untracked|unstaged|unpushed|(?:nothing|not|isn'?t|aren'?t|yet to be)(?: yet| been)? (?:committed|pushed|staged|merged)|(?:latest|last|recent) commits?|you(?:['’]re| are) (?:already |now )?on|"
    r"work(?:ing)? ?tree|ready to (?:commit|push)|nicht (?:committet|gepusht)|não (?:commitad|enviad)\w*|sin (?:commitear|subir))\b",
    re.IGNORECASE,
)
#: What was left as it was on purpose, which no commit changes.
_LEFT_ALONE = re.compile(
    r"\b(?:left|leav(?:e|ing)|stay(?:s|ed)?|kept|keep(?:s|ing)?)\b[^.;]{0,60}\b(?:untouched|alone|out of|as (?:it|they) (?:is|are|was|were))\b",
    re.IGNORECASE,
)
_MEASURED = re.compile(r"\d\s?(ms|s|sec|seconds|min|minutes|[KMG]i?B|tests?|errors?|failures?|x|req/s)\b")
#: How a person begins who corrects the answer before, and the figures that may be corrected.
_CORRECTS = re.compile(
    r"\W*(?:sorry|no\b|nope|not\b|actually|wait|oops|i meant?|correction|instead|wrong|should be|make (?:it|that)|change (?:it|that)|use\b|nein|doch|lieber|eigentlich|"
    r"não|desculp\w+|na verdade|perdón|en realidad|non\b|désolé|plutôt)",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"(?<![\w.])v?(\d+(?:[.:]\d+)+)(?![\w.]*\d)")
#: What the person puts something else in place of: "use Redis instead of Postgres", "`retry_count`, not `retries`".
_IN_PLACE_OF = re.compile(
    r"\b(?:instead of|rather than|statt|anstatt|au lieu d[eu]|em vez d[eoa]|en (?:vez|lugar) de) (?:the |a |an )?(?:`([^`\n]{2,60})`|([\w./-]*\w))|, not `([^`\n]{2,60})`",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[,;]\s+|\s+[–—]\s+")
_STILL = re.compile(r"\bstill\b", re.IGNORECASE)
_HENCE = re.compile(r"\W*(?:so|which is why)\b", re.IGNORECASE)
_QUESTION = re.compile(
    r"\?\s*$|^\W*(?:what|why|how|which|who|where|when|is|are|does|do|did|can|could|should|would|will|was|were)\b",
    re.IGNORECASE,
)
_WARNS = re.compile(
    r"\b(?:note(?: that)?|caveat|careful|gotcha|beware|warning|important|limitation|risk|breaking|unverified|caution|watch out|achtung|atenção)\b"
)
_CODE = re.compile(r"`[^`]+`|\b[\w.-]+/[\w./-]+|\b\w+(?:_\w+)+\b|\b[a-z]+[A-Z]\w+\b|#\d+")
#: What a short sentence says something with: a name, a number, an error, a reason.
_TELLS = re.compile(
    rf"(?-i:{_CODE.pattern})|\d|\?|[^\x00-\x7f‐-⁞]|{_ERROR.pattern}|{_REASON.pattern}|{_LEFT.pattern}|{_DONE.pattern}|{_RULES.pattern}",
    re.IGNORECASE,
)


def findings(story: Story) -> Iterator[Candidate]:
    """Candidates from all that the agent said, in order."""
    exchanges = [e for e in story.exchanges if e.answers]
    later = _later_terms(exchanges)
    asides = any(not e.side for e in exchanges)  # a sub-agent's own file has nothing else
    count = sum(not (asides and e.side) for e in exchanges)
    place = 0  # among the answers to the person, whose last is the last, however many sub-agents reported after it
    size = _SIZE if sum(len(said.text) for e in exchanges for said in e.answers) > _MUCH else _STEP
    corrected = {
        e.index - 1: e.prompt.text
        for e in story.exchanges
        if e.prompt and not e.side and _CORRECTS.match(e.prompt.text)
    }
    for at, exchange in enumerate(exchanges):
        side = asides and exchange.side
        report = exchange.side and not exchange.prompt  # what a sub-agent's call gave back
        place += not side
        recent = (0.45 + 0.55 * place / count) * (0.5 if report else 0.75 if side else 1)
        asked = exchange.prompt is not None and _QUESTION.search(exchange.prompt.text) is not None
        for number, said in enumerate(exchange.answers, start=1):
            final = number == len(exchange.answers)
            main = final and not side
            where = _Where(final, main and place == count, main and place > count - _LATE, asked and final)
            found = _of_answer(said, where, recent, later[at], size)
            if not final:
                found = _not_measured_again(found, exchange.answers[-1].text)
            if exchange.index in corrected:
                found = _not_corrected(found, corrected[exchange.index])
            if said.number < story.committed_last:
                found = (c for c in found if not _GIT_STATE.search(c.text) or _LEFT_ALONE.search(c.text))
            yield from (c._replace(kind="note", box="") for c in found) if report else found
    if story.plan:
        yield from _planned(story.plan, carried_out=story.edited_last > story.plan.number)


def _planned(plan: Said, *, carried_out: bool) -> Iterator[Candidate]:
    """What a plan decides. Of one that was carried out, what it chose and why; what was to be done, and how it was before, is the past."""
    for unit in units(plan.text)[:80]:
        if unit.kind in ("code", "title"):
            continue
        kind, worth = "decision", 1.0
        if carried_out:
            chosen = _CHOICE.search(unit.text.lower()) or _RULES.search(unit.text)
            kind, worth = ("decision", 0.9) if chosen else ("note", 0.5)
        for text in _texts(unit, None, _SIZE):
            yield Candidate(kind, shorten(text, _SIZE), plan.number, worth=worth)


class _Where(NamedTuple):
    """Where something is said: at the end of an exchange, in the last answer of all, in one of the last, in the answer to a question."""

    final: bool
    last: bool
    late: bool
    answers: bool


def _later_terms(exchanges: list[Exchange]) -> list[set[str]]:
    """For each exchange, the identifiers and names that the last answers of later ones speak of: these know better."""
    found: list[set[str]] = [set()]
    for exchange in reversed(exchanges[1:]):
        answer = exchange.answer
        said = {t for t in terms(answer.text) if special(t)} if answer and not exchange.side else set()
        found.append(found[-1] | said)
    return found[::-1]


def _not_measured_again(found: Iterator[Candidate], answer: str) -> Iterator[Candidate]:
    """Without figures on the way to an answer that tells newer ones in the same measures."""
    newer = {match[1] for match in _MEASURED.finditer(answer)}
    for one in found:
        measured = {match[1] for match in _MEASURED.finditer(one.text)}
        if not measured or not measured <= newer:
            yield one


def _not_corrected(found: Iterator[Candidate], words: str) -> Iterator[Candidate]:
    """Without the clauses that hold a figure, as of a version, where the person gave another of its shape, or the name that they put another in place of."""
    right = set(_FIGURE.findall(words))
    shapes = {re.sub(r"\d+", "9", figure) for figure in right}
    names = [next(filter(None, match.groups())) for match in _IN_PLACE_OF.finditer(words)]
    gone = re.compile("|".join(rf"(?<![\w-]){re.escape(name)}(?![\w-])" for name in names) or r"(?!)", re.IGNORECASE)
    for one in found:

        def is_wrong(text: str) -> bool:
            told = {figure for figure in _FIGURE.findall(text) if re.sub(r"\d+", "9", figure) in shapes}
            return bool(told and not told & right) or gone.search(text) is not None

        if not is_wrong(one.text):
            yield one
            continue
        kept = ", ".join(clause for clause in _CLAUSE.split(one.text) if not is_wrong(clause))
        if len(kept) >= _REST:
            yield one._replace(text=kept)


def _of_answer(said: Said, where: _Where, recent: float, later: set[str], size: int) -> Iterator[Candidate]:
    found = _verdict_whole(units(said.text))
    for place, whole in enumerate(found):
        before = found[place - 1] if place else None
        unit = whole
        if unit.kind == "code":
            if where.final and before and len(unit.text) < _CODE_LENGTH:
                for text in _code(unit, before):
                    yield Candidate("note", text, said.number, worth=0.5 * recent)
            continue
        if not where.final:
            aside = _ASIDE.search(unit.text)
            unit = unit._replace(text=unit.text[: aside.start()] if aside else unit.text)
            hence = aside is not None and _HENCE.match(aside[0]) is not None  # then what is so is why it was done
            if _PASSING.search(unit.text) or (_STILL.search(unit.text) and not hence):
                continue
        if unit.text.endswith("?") and not where.last:
            continue
        if not _says_nothing(unit, doing=not where.final):
            kind, factor = _kind(unit, last=where.last, late=where.late)
            worth = factor * recent * (1.0 if where.final else 0.5) * _manner(unit, answer=where.last)
            worth *= _still_says(unit, later)
            if where.final and not place:
                worth *= 1.5 if where.answers else 1.2  # what comes first answers what was asked
            if unit.text.endswith("?"):
                kind = "note"
            box = " " if kind == "step" else "x" if kind == "done" else ""
            verdict = where.late and not place and _VERDICT.match(unit.text) is not None
            most = _STEP if box == " " else size
            for text in _texts(unit, before, size):
                yield Candidate(kind, shorten(text, most), said.number, worth=worth, box=box, sure=verdict)


def _verdict_whole(found: list[Unit]) -> list[Unit]:
    """An answer's units, the verdict of a review that it begins with in one with the sentence behind: alone it is too short to be told."""
    if len(found) > 1 and found[0].kind == found[1].kind == "sentence" and _VERDICT.match(found[0].text):
        return [found[0]._replace(text=f"{found[0].text} {found[1].text}"), *found[2:]]
    return found


def _still_says(unit: Unit, later: set[str]) -> float:
    """Less for what later answers speak of again."""
    named = {t for t in terms(unit.text) if special(t)}
    return 1 - 0.3 * len(named & later) / len(named) if named else 1.0


def _says_nothing(unit: Unit, *, doing: bool) -> bool:
    """Headings, praise, asides, and talk about what comes next without a reason or an error in it. `doing`: so is what goes on just now."""
    if unit.kind == "title" or len(unit.text) < _SHORT or _EMPTY.match(unit.text) or _PRAISE.match(unit.text):
        return True
    aside = len(unit.text) < _ALONE and not _TELLS.search(unit.text)
    if doing and unit.kind == "sentence" and (aside or _DOING.match(unit.text)):
        return True
    if unit.kind != "sentence" or not _TALK.match(unit.text):
        return False
    low = unit.text.lower()
    return not ((_ERROR.search(low) or _REASON.search(low)) and _CODE.search(unit.text))


def _manner(unit: Unit, *, answer: bool) -> float:
    """What the way in which something is said does to its worth. `answer`: it stands in the last answer of all."""
    worth = 1.3 if answer else 1.0
    if unit.kind == "sentence":
        worth *= 1.0 if _CODE.search(unit.text) else 0.5
        worth *= 0.5 if _TALK.match(unit.text) else 1.0
    if unit.bold:
        worth *= 1.1
    return worth


def _kind(unit: Unit, *, last: bool, late: bool) -> tuple[str, float]:
    """The kind of fact that a unit is, and what that does to its worth."""
    heading = " ".join((*unit.under[-1:], unit.lead)).lower()
    text = unit.text.lower()
    if unit.box == "x":
        return "done", 1.0
    if unit.box == " " or (_LEFT_HEADING.search(heading) and unit.kind in ("item", "row")):
        return ("step", 1.5 if last else 1.2) if late else ("note", 0.6)
    if last and _DO.match(text) and unit.kind == "sentence":
        return "step", 2.5
    if _NEXT.match(text):
        return ("step", 1.5) if late else ("note", 1.3)
    error = _ERROR.search(text) is not None
    if error and (_FIXED.search(text) or _REASON.search(text)):
        return "error", 1.35
    if _LEFT.search(text) and not _DONE.match(text):
        return ("step", 1.2) if last and unit.kind == "item" else ("note", 1.0)
    done = unit.kind == "item" and _DONE_HEADING.search(heading) and not _OTHER_HEADING.search(heading)
    if _DONE.match(text) or done:
        return "done", 1.1
    if error:
        return "error", 1.15
    if _REASON.search(text):
        return ("decision" if _CHOICE.search(text) else "note"), 1.35
    if _WARNS.search(text):
        return "lesson", 1.2
    return "note", 0.95


def _texts(unit: Unit, before: Unit | None, size: int) -> Iterator[str]:
    """The unit's words with what they need to stand alone; nested items follow theirs, in as many texts as it takes."""
    text = unit.text
    lead = unit.lead.rstrip(": ")
    if before is not None and before.kind == "title" and len(before.text) < _LEAD:
        text = f"{before.text}: {text}"
    elif unit.kind == "item" and len(text) < _ALONE and lead and len(lead) < _LEAD and not _TALK.match(lead):
        text = f"{lead}: {text}"
    elif unit.kind != "sentence" and len(text) < _ALONE and unit.under and len(unit.under[-1]) < _ALONE:
        text = f"{unit.under[-1]}: {text}"
    if len(text) > size and not unit.parts:
        yield from _chunks(text, size)
        return
    base, packed = text.rstrip(":"), ""
    for part in unit.parts:
        if packed and len(base) + len(packed) + len(part) > size:
            yield f"{base}: {packed}"
            packed = ""
        packed = f"{packed}; {part}" if packed else part
    yield f"{base}: {packed}" if packed else text


def _chunks(text: str, size: int) -> Iterator[str]:
    """A long text in pieces of whole sentences, the later ones behind the words that it begins with."""
    name, colon, _ = text.partition(": ")
    name = f"{name}: " if colon and len(name) < _NAME else ""
    piece = ""
    for sentence in sentences(text):
        if piece and len(piece) + len(sentence) > size:
            yield piece
            piece = name
        piece = f"{piece} {sentence}".strip() if piece.strip() else sentence
    if piece.strip() and piece != name:
        yield piece


def _code(unit: Unit, before: Unit) -> Iterator[str]:
    """A short piece of code behind the words that introduce it: where it is longer, its beginning and its end."""
    lines = [" ".join(line.split()).replace("`", "'") for line in unit.text.split("\n")]
    lines = [line for line in lines if len(line) > 2 and not line.startswith(("#", "//", "/*", "*", "--"))]
    lead = shorten((unit.lead or before.text).rstrip(":"), 100)
    for end in (False, True) if sum(map(len, lines)) > _CODE_SIZE else (False,):
        code: list[str] = []
        for line in reversed(lines) if end else lines:
            if sum(map(len, code)) + len(line) > _CODE_SIZE:
                break
            code.insert(0 if end else len(code), line)
        if code:
            yield f"{lead}: `{' '.join(code)}`"
