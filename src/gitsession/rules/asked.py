"""What the person asked for: the goal, what came later, what they bound the work to, chose, rejected and answered."""

import re
from collections.abc import Iterator

from gitsession.rules.candidate import Candidate, shorten
from gitsession.rules.prose import Unit, units
from gitsession.rules.story import Exchange, Said, Story

_ASK = 300  # characters of one ask
_GOAL = 420
_ENDS = 4  # units at either end of a brief
_SAYS_LITTLE = 20  # characters
_LONG = 900  # from which on a prompt is a brief: sentences are picked

#: A word that stands for what the agent just offered.
_YES = re.compile(
    r"(?:\W*(?:yes|yeah|yep|yup|sure|ok|okay|k|go|go ahead|go on|do it|do that|please do|please|continue|proceed|correct|right|exactly|agreed?|fine|good|great|perfect|nice|cool|"
    r"sounds good|looks good|lgtm|approved?|makes sense|ja|gerne|weiter|oui|sim|ok então|pode|continue por favor|s[ií]|давай|да|好|はい|continua|vai|isso|thanks|thank you|"
    r"thx|let'?s go|let'?s do (?:it|that)|that works|and|now|then|with (?:it|that|this))\W*)+",
    re.IGNORECASE,
)
_NOISE = re.compile(
    r"\W*(?:exi?t|exot|quit|clear|stop|hi|hello|hey|thanks?|thank you|thx|bye|test|ping|"
    r"/(?:model|clear|compact|exit|quit|help|login|logout|resume|status|context|cost|config|permissions|hooks|mcp|agents|memory|doctor|usage|init|plan|rewind|vim|theme|export|"
    r"terminal-setup|ide|fast|effort|tokens|ls|drop|reset|settings|approvals|new|fork|diff|mention|ps|stats|tools|chat|about|auth|bug|editor|mcp|privacy)\b[^\n]{0,40})\W*",
    re.IGNORECASE,
)
#: Words that bind: whatever comes later has to keep to such a sentence.
_RULES = re.compile(
    r"\b(?:never|always|must(?:n't| not)?|do(?:n'?t| not) (?!know|think|see|understand|have|get|remember)\w+|shall not|should(?:n'?t| not)|avoid|instead of|rather than|prefer|preserve|make sure|ensure|"
    r"only|without|ditch|stick (?:to|with)|required?|at (?:most|least)|no (?!problem|worries|idea|matter|longer|usage)\w+|nie(?:mals)?|immer|sempre|nunca|jamais|toujours|siempre)\b",
    re.IGNORECASE,
)
_RULE_HEADING = re.compile(
    r"\b(?:constraints?|requirements?|rules?|guidelines?|conventions?|principles?|must|important|restrictions?|regras|restrições|anforderungen|regeln)\b",
    re.IGNORECASE,
)
_STRONG = re.compile(r"\b(?:NEVER|MUST(?: NOT)?|DO NOT|DON'T|ALWAYS|ONLY|IMPORTANT|CRITICAL|REQUIRED|EXACTLY)\b")
_PICK = re.compile(
    r"(?<![\w.#/-])(?:#?\d{1,3}|[A-Z])(?:\s*(?:,|/|and|und|e|et|y|&|\+|to|-|–|through|bis|a)\s*(?:#?\d{1,3}|[A-Z])\b)+|"
    r"\b(?:option|item|point|number|no\.?|step|phase|suggestion|issue|improvement|variant|approach|nr\.?|#)\s*#?(\d{1,2}|[A-Z])\b|"
    r"^\W*(?:#?(\d{1,2})|\(?([A-Da-d])\)?)\W*$",
    re.IGNORECASE,
)
_OFFERS = re.compile(
    r"\b(?:i can|i could|i(?:'|’)d|i would|i(?:'|’)ll|i will|we can|we could|let me|recommend\w*|suggest\w*|propos\w+|ready to|next(?: steps?)?\b|plan\b|if you (?:want|like|agree|approve)|"
    r"say (?:the word|so|yes)|ich (?:kann|könnte|würde|werde)|posso|vou|recomendo|puedo|voy a|je peux|je vais|я могу)\b|できます",
    re.IGNORECASE,
)
#: A command to the agent's program as it stands in transcripts that nobody has taken apart.
_TAGGED = re.compile(
    r"<command-name>\s*(.*?)\s*</command-name>(?:.*<command-args>\s*(.*?)\s*</command-args>)?", re.DOTALL
)
_RANGE = re.compile(r"#?(\d{1,3}|[A-Z])\s*(?:to|-|–|through|bis)\s*#?(\d{1,3}|[A-Z])\b")
_ONE = re.compile(r"(?<![\w.])#?(\d{1,3}|[A-Za-z])(?![\w])")
_LOG = re.compile(
    r"^\s*(?:at \S+[:(]|File \"|Traceback|\d{4}-\d\d-\d\d[T ]|\[?\d\d:\d\d|(?:FAIL|PASS|ERROR|WARN|INFO|DEBUG|---|===|\+\+\+|@@|>>>|\$|❯|➜|ok\s+\S+/\S*)\s|\S+:\d+(?::\d+)?[: ]|npm ERR|error(?:\[|: )|exit status \d|\s{8,}\S)"
)


def asks(story: Story) -> Iterator[Candidate]:
    """Goal first, then what came later, with constraints, answers and rejections beside."""
    asked = [e for e in story.exchanges if e.prompt and not e.side]
    first = True
    for place, exchange in enumerate(asked):
        prompt = exchange.prompt or Said(0, "")
        cut_off = place and (asked[place - 1].interrupted or asked[place - 1].broken)
        before = "" if cut_off else _answer_before(story, exchange)
        words = own_words(prompt.text)
        last = place >= len(asked) - 2
        if words and (not _NOISE.fullmatch(words) or (first and place == len(asked) - 1 and exchange.answers)):
            yield from _one(prompt, words, before, first=first, last=last)
            first = False
        yield from _answers(exchange)
    for exchange in story.exchanges:
        if exchange.side and exchange.prompt:
            said = [u.text for u in units(exchange.prompt.text) if u.kind != "code"]
            if said:
                yield Candidate(
                    "note", f"Asked of a sub-agent: {shorten(' '.join(said), _ASK)}", exchange.prompt.number, worth=0.5
                )
                for words in said[1:]:
                    if _RULES.search(words):
                        yield Candidate(
                            "note", f"Asked of sub-agents: {shorten(words, 160)}", exchange.prompt.number, worth=0.7
                        )
            yield from _answers(exchange)


def goes_on(prompt: Said) -> bool:
    """Whether a prompt asks for nothing new: a command to the agent's program, a greeting, a "yes" to what was offered."""
    words = own_words(prompt.text)
    return not words or says_nothing(prompt) or _YES.fullmatch(words) is not None


def says_nothing(prompt: Said) -> bool:
    """Whether a prompt says nothing to the agent: a command to its program, a greeting."""
    return _NOISE.fullmatch(own_words(prompt.text)) is not None


def own_words(text: str) -> str:
    """What the person typed, without pasted code and logs (of which one telling line stays)."""
    if tagged := _TAGGED.search(text):
        return f"{tagged[1]} {tagged[2] or ''}".strip()
    lines, logs, fenced, continued = [], [], False, False
    for line in text.split("\n"):
        if line.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
            continue
        if fenced or continued or _LOG.match(line):
            continued = line.endswith("\\") and not fenced  # a command over several lines
            logs.append(line.strip())
            continue
        lines.append(line)
    words = "\n".join(lines).strip()
    telling = next(
        (
            log
            for log in logs
            if re.search(r"\b(?:fail|error|panic|exception|fatal|cannot|undefined)", log, re.IGNORECASE)
        ),
        "",
    )
    if telling and telling not in words:
        words = f"{words}\n\n{shorten(telling, 160)}".strip()
    return words


def _one(prompt: Said, words: str, before: str, *, first: bool, last: bool) -> Iterator[Candidate]:
    said = [u for u in units(words.rstrip(": ")) if u.kind not in ("code", "title")]  # the code behind a colon went
    said = said or [Unit("sentence", " ".join(words.split()).lstrip("# "))]
    if _YES.fullmatch(words):
        offer = _offer(before)
        if offer:
            yield Candidate("goal", f"“{shorten(words, 30)}” to: {shorten(offer, _ASK)}", prompt.number, worth=2.0)
        return
    if len(words) > _LONG:
        yield from _brief(prompt, words, said)
        return
    binding = [u for u in said if _binds(u) and len(u.text) > _SAYS_LITTLE]
    if len(said) > 1:
        for unit in binding:
            text = shorten(_with_lead(unit), 240)
            yield Candidate("constraint", text, prompt.number, worth=1.8, sure=len(text) < 160)
        said = [u for u in said if u not in binding] or said
    text = shorten(("; " if len(said) > 3 else " ").join(_joined(said)), _GOAL if first else _ASK)
    yield Candidate("goal", text, prompt.number, worth=2.0, sure=first or len(text) < 160 or last)
    if len(words) < 400:
        for label, picked in _picked(words, before):
            bare = re.sub(rf"^\W*(?:\w+ )?#?{re.escape(label)}[.):]\W+", "", picked, flags=re.IGNORECASE)
            yield Candidate("goal", f"{label}: {shorten(bare, 110)}", prompt.number, worth=1.2 if last else 0.8)


def _brief(prompt: Said, words: str, said: list[Unit]) -> Iterator[Candidate]:
    """A long prompt. Much of it is pasted: what the person typed stands at its ends, or before a colon."""
    opening = words.split("\n\n", 1)[0].strip()
    pasted = opening.endswith(":")
    if len(opening) < _SAYS_LITTLE and not pasted:
        opening = " ".join(u.text for u in said[:2])
    yield Candidate("goal", shorten(opening.rstrip(":"), _GOAL), prompt.number, worth=2.0, sure=True)
    ends = set() if pasted else {*range(_ENDS), *range(len(said) - _ENDS, len(said))}
    for place, unit in enumerate(said[:200]):
        own = 1.0 if place in ends else 0.6
        if len(unit.text) < _SAYS_LITTLE or unit.text in opening:
            continue
        if not pasted and (_STRONG.search(unit.text) or (_binds(unit) and place in ends)):
            worth = 1.8 if _STRONG.search(unit.text) else 1.2
            yield Candidate("constraint", shorten(_with_lead(unit), 240), prompt.number, worth=worth * own)
        else:
            kind = "goal" if place in ends else "note"
            yield Candidate(kind, shorten(_with_lead(unit), 200), prompt.number, worth=0.8 * own)


def _binds(unit: Unit) -> bool:
    """Whether a sentence of the person's binds what comes later: it says so, or stands in a list of what does."""
    heading = " ".join((*unit.under[-1:], unit.lead))
    return not unit.text.endswith("?") and (_RULES.search(unit.text) or _RULE_HEADING.search(heading)) is not None


def _answers(exchange: Exchange) -> Iterator[Candidate]:
    for number, question, answer in exchange.asked:
        if answer.strip():
            yield Candidate(
                "decision", f"{shorten(question, 160).rstrip(':')} → {shorten(answer, 200)}", number, worth=2.0
            )
    for refused in exchange.refused:
        if refused.action == "ask":
            continue  # they chose to say it in words of their own, which follow
        said = own_words(refused.said)
        what = shorten(refused.what, 120)
        text = f"The user rejected `{what.replace('`', '')}`" + (f": {shorten(said, 200)}" if said else "")
        yield Candidate("constraint" if said else "note", text, refused.number, worth=1.8 if said else 1.2)


def _joined(said: list[Unit]) -> Iterator[str]:
    """The units, each with its label, and the first of a list with the words that lead to it."""
    lead = ""
    for unit in said:
        led = f"{unit.lead} " if unit.lead != lead and unit.lead else ""
        yield led + (f"{unit.label}. " if unit.label else "") + unit.text
        lead = unit.lead


def _with_lead(unit: Unit) -> str:
    return (
        f"{unit.lead.rstrip(':')}: {unit.text}"
        if unit.lead and len(unit.text) < 60 and len(unit.lead) < 80
        else unit.text
    )


def _answer_before(story: Story, exchange: Exchange) -> str:
    for other in reversed(story.exchanges):
        if other.index < exchange.index and other.answer and not other.side:
            return other.answer.text
    return ""


def _offer(answer: str) -> str:
    """What a "yes" to this answer says yes to: its last question, else the last sentence that offers something."""
    said = [u for u in units(answer) if u.kind != "code"]
    for unit in reversed(said[-6:]):
        if "?" in unit.text:
            return unit.text
    return next((u.text for u in reversed(said) if _OFFERS.search(u.text)), "") or (
        said[-1].text if len(said) == 1 else ""
    )


def _picked(words: str, before: str) -> Iterator[tuple[str, str]]:
    """The items of the agent's list that a short prompt names by number or letter."""
    match = _PICK.search(words)
    if not match or not before:
        return
    labelled: dict[str, str] = {}
    for unit in units(before):
        label = unit.label or (
            m[1]
            if (
                m := re.match(
                    r"\W*(?:option |phase |step |fix |issue )?#?(\d{1,3}|[A-Z])[.):]\W", unit.text, re.IGNORECASE
                )
            )
            else ""
        )
        if label:
            labelled[label.casefold()] = unit.text
        for heading in unit.under[-1:]:
            m = re.match(
                r"\W*(?:option |phase |step |fix |issue |improvement )?#?(\d{1,3}|[A-Z])[.):]\W+(.*)",
                heading,
                re.IGNORECASE,
            )
            if m and m[1].casefold() not in labelled:
                labelled[m[1].casefold()] = f"{m[2]}: {unit.text}"
    wanted: list[str] = []
    for found in _PICK.finditer(words):
        for low, high in _RANGE.findall(found[0]):
            if low.isdigit() and high.isdigit() and int(low) < int(high) < int(low) + 30:
                wanted += [str(n) for n in range(int(low), int(high) + 1)]
            elif len(low) == len(high) == 1 and low.isalpha() and low < high:
                wanted += [chr(c) for c in range(ord(low), ord(high) + 1)]
        wanted += _ONE.findall(found[0])
    names = [w.casefold() for w in dict.fromkeys(wanted) if w.casefold() in labelled]
    for name in names[:12]:
        yield name.upper(), labelled[name]
