"""A model picks further facts of a session's conversations, beside those that rules drew: what would be sent, asking, checking, writing."""

import contextlib
import os
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from gitsession.errors import FormatError, ModelError, ModelForbiddenError
from gitsession.formats.checkpoint import parse_document, read_checkpoint
from gitsession.formats.edit import New, add_facts, remove_facts
from gitsession.git import Repository
from gitsession.model.draft import Draft
from gitsession.model.stored import Stored
from gitsession.model_client.answers import Told, read_answer
from gitsession.model_client.chunks import CONTEXT, KINDS, Chunk, cut_chunks, question_of, tokens_of
from gitsession.model_client.client import Patience, Question, ask_all
from gitsession.model_client.endpoint import Endpoint, choose_endpoint, find_token, given_token, library
from gitsession.model_client.grounding import Ground
from gitsession.secretscan.redaction import admit, redact
from gitsession.secretscan.scanner import find_hits
from gitsession.store.branch import read_tip
from gitsession.store.cache import load_cache, store_cache
from gitsession.store.conversations import Listed, list_conversations, read_named
from gitsession.store.layout import checkpoint_path
from gitsession.store.lock import lock
from gitsession.store.snapshot import Snapshot
from gitsession.store.staging import edit_staged
from gitsession.workflow.drawing import Drawn, apply_drafts, digest
from gitsession.workflow.merging_facts import Merged, merge_facts
from gitsession.workflow.sessions import Progress

#: Seconds for all questions together, and how many are asked at a time, unless set.
SECONDS, JOBS = 60.0, 4
_NOTE = "A model read "  # what the note of an earlier run begins with
_ANSWERS = 400  # that are kept, the newest
_DRAWN = 100  # sessions of which it is known what a model wrote there

#: Called with how many parts are done, and of how many.
Parts = Callable[[int, int], None]


class Wish(NamedTuple):
    """How a model is to be asked; what is empty is looked for in environment and settings."""

    model: str = ""
    endpoint: str = ""
    seconds: float = SECONDS
    jobs: int = JOBS
    context: int = CONTEXT


class Part(NamedTuple):
    """A part of a conversation, the answer to it that is kept from an earlier run, and whether it is the conversation's last."""

    conversation: int
    chunk: Chunk
    last: bool
    answer: str = ""


class Plan(NamedTuple):
    """What would be asked."""

    stem: str
    endpoint: Endpoint
    conversations: tuple[Stored, ...]
    parts: tuple[Part, ...]
    wish: Wish
    always: bool  # the project needs no asking

    @property
    def open(self) -> list[Part]:
        """The parts that have to be sent."""
        return [part for part in self.parts if not part.answer]

    @property
    def bytes(self) -> int:
        """Of all questions together."""
        return sum(len(f"{q.system}{q.user}".encode()) for q in (question_of(part.chunk) for part in self.open))

    @property
    def tokens(self) -> int:
        """About as many, in tokens."""
        return sum(tokens_of(q.system) + tokens_of(q.user) for q in (question_of(part.chunk) for part in self.open))

    @property
    def size(self) -> str:
        """How much would be sent, in words."""
        many = "s" * (len(self.open) != 1)
        return f"{self.bytes / 1000:.1f} KB of conversation, secrets redacted (about {self.tokens:,} tokens in {len(self.open)} request{many})"

    @property
    def asks(self) -> bool:
        """Whether somebody has to agree: words would leave this machine."""
        return bool(self.open) and not self.endpoint.local and not self.always


#: The facts that the answer to each part of a plan tells, None for one without.
Answers = Sequence[list[Told] | None]


class Heard(NamedTuple):
    """What holds of the answers to a plan."""

    found: list[Draft]
    dropped: Counter[str]
    read: float  # 0 to 1, of the conversations
    unread: int  # parts


class Compressed(NamedTuple):
    """What became of a model's facts."""

    stem: str
    model: str
    added: int
    merged: Merged
    unread: int  # parts without an answer that can be read
    parts: int
    problem: str  # of the first of them
    note: str


def plan_compression(repo: Repository, stem: str, wish: Wish, names: Collection[str] = ()) -> Plan:
    """What a model would be asked about a session's conversations (those of these names, else all that are kept).

    Without `stem`, the session in progress. Raises ModelError where it cannot be asked or must not be.
    """
    snapshot = Snapshot.of_worktree(repo)
    endpoint = _endpoint(snapshot, wish)
    find_token(endpoint)
    stem = stem or Progress(repo, snapshot).stem()
    return _plan(repo, snapshot, endpoint, wish, stem, lambda one: one.name in names if names else one.stem == stem)


def plan_reading(repo: Repository, snapshot: Snapshot, stems: Collection[str], wish: Wish, token: str) -> Plan:
    """The same for all conversations of several sessions, with a token that came along. Raises ModelError."""
    endpoint = _endpoint(snapshot, wish)
    given_token(endpoint, token)
    return _plan(repo, snapshot, endpoint, wish, "", lambda one: one.stem in stems)


def _endpoint(snapshot: Snapshot, wish: Wish) -> Endpoint:
    settings = snapshot.settings.model
    if settings.allowed == "never":
        raise ModelForbiddenError("this project allows no model", "`model: {allowed: never}` in .sessions/project.yml")
    endpoint = choose_endpoint(settings, wish.model, wish.endpoint)
    library()
    return endpoint


def _plan(
    repo: Repository, snapshot: Snapshot, endpoint: Endpoint, wish: Wish, stem: str, fits: Callable[[Listed], bool]
) -> Plan:
    tip = read_tip(repo)
    chosen = [one for one in list_conversations(repo, tip) if not one.problem and fits(one)]
    stored = tuple(read_named(repo, tip, one.stem, one.name) for one in chosen)
    parts: list[Part] = []
    for place, conversation in enumerate(stored):
        chunks = [c._replace(text=redact(c.text)[0]) for c in cut_chunks(conversation.turns, wish.context)]
        for at, chunk in enumerate(chunks, 1):
            kept = load_cache(repo.common_dir, _cache(endpoint, chunk))
            parts.append(Part(place, chunk, at == len(chunks), kept if isinstance(kept, str) else ""))
    if not parts:
        which = "this session" if stem else "these sessions"
        raise ModelError(f"no conversation of {which} is kept", "`gitsession import` takes one in")
    return Plan(stem, endpoint, stored, tuple(parts), wish, snapshot.settings.model.allowed == "always")


def compress_session(
    repo: Repository, plan: Plan, told: Parts | None = None, patience: Patience | None = None
) -> Compressed:
    """Ask the model, check what it says, and write what holds into the checkpoint.

    Raises ModelError where no answer can be used; then nothing was written, and what was answered is kept for the next try.
    """
    answers, problem = hear(repo, plan, told, patience)
    return _write(repo, plan, weigh(plan, answers), problem)


def weigh(plan: Plan, answers: Answers) -> Heard:
    """Check each fact against the turns that it comes from."""
    grounds = [Ground(conversation.turns) for conversation in plan.conversations]
    found: list[Draft] = []
    dropped: Counter[str] = Counter()
    for part, facts in zip(plan.parts, answers, strict=True):
        key = plan.conversations[part.conversation].head.key
        for one in facts or ():
            fits = grounds[part.conversation].check(one, part.chunk.turns)
            if isinstance(fits, str):
                dropped[fits] += 1
            elif fits.kind in ("step", "question", "blocker") and not part.last:
                dropped["overtaken"] += 1  # what was open then may have been settled since
            else:
                box = {"step": " ", "done": "x"}.get(fits.kind, "")
                found.append(Draft(fits.kind, fits.text, box, f"{key}#{fits.turn}", by=model_name(plan)))
    sizes = [(len(part.chunk.text), facts is not None) for part, facts in zip(plan.parts, answers, strict=True)]
    read = sum(size for size, ok in sizes if ok) / (sum(size for size, _ in sizes) or 1)
    return Heard(found, dropped, read, sum(facts is None for facts in answers))


def hear(
    repo: Repository, plan: Plan, told: Parts | None = None, patience: Patience | None = None, token: str | None = None
) -> tuple[Answers, str]:
    """What the model answers, and the first fault; with this machine's token, or with one for this question alone.

    Raises ModelError where no part has an answer.
    """
    told, patience = told or _silent, patience or Patience(plan.wish.seconds)
    token = None if token is None else given_token(plan.endpoint, token)
    answers = [read_answer(part.answer) if part.answer else None for part in plan.parts]
    places = [place for place, part in enumerate(plan.parts) if not part.answer]
    questions = [_question(plan.parts[place]) for place in places]
    problem: tuple[str, str] = ("", "")
    done = len(plan.parts) - len(places)
    told(done, len(plan.parts))

    def take(at: int, answer: str | ModelError) -> None:
        nonlocal done, problem
        if isinstance(answer, ModelError):
            problem = problem if problem[0] else (answer.message, answer.hint)
        else:
            answers[places[at]] = read_answer(answer)
            store_cache(repo.common_dir, _cache(plan.endpoint, plan.parts[places[at]].chunk), admit(answer))
        done += 1
        told(done, len(plan.parts))

    ask_all(plan.endpoint, questions, patience, jobs=max(1, plan.wish.jobs), told=take, token=token)
    _prune(repo)
    if not any(facts is not None for facts in answers):
        raise ModelError(*problem)
    return answers, problem[0]


def _silent(done: int, of: int) -> None:
    del done, of


def _question(part: Part) -> Question:
    """What is sent: redacted as it stands there, since words beside others may look like a secret; and searched once more.

    A finding then means that something is wrong, and nothing is sent.
    """
    question = question_of(part.chunk)
    user = redact(question.user)[0]
    found = find_hits("question", user) or find_hits("question", question.system)
    if found:
        kind = next(iter(found.values()))[0].kind
        raise ModelError(f"nothing was sent: it looks like it holds a secret ({kind})")
    return question._replace(user=user, fits=lambda answer: read_answer(answer) is not None)


def merge_heard(text: str, path: str, plan: Plan, heard: Heard, before: Collection[str]) -> tuple[Drawn, Merged]:
    """A checkpoint's text with what is new in it. `before`: what a model told of it earlier. Raises FormatError."""
    document = parse_document(text, path)
    goal = read_checkpoint(document, plan.stem).goal
    facts = [item.fact for item in document.items]
    keys = [conversation.head.key for conversation in plan.conversations]
    merged = merge_facts(facts, goal, heard.found, keys, heard.dropped, heard.read)
    merged = merged._replace(new=tuple(draft for draft in merged.new if not _taken_out(draft, plan)))
    # What another model said, or this one of a part that was not read now, still holds.
    name = model_name(plan)
    holds = {digest(Draft(fact.kind, fact.text)) for fact in facts if fact.by and (heard.unread or fact.by != name)}
    return apply_drafts(text, path, merged.new, before=[d for d in before if d not in holds]), merged


def told_before(repo: Repository) -> dict[str, Collection[str]]:
    """By session, the digests of what models told of it on this machine."""
    drawn = load_cache(repo.common_dir, "model-drawn")
    return drawn if isinstance(drawn, dict) else {}


def _write(repo: Repository, plan: Plan, heard: Heard, problem: str) -> Compressed:
    """Write what is new beside what stands there."""
    path = checkpoint_path(plan.stem)
    keys = [conversation.head.key for conversation in plan.conversations]
    name = model_name(plan)
    drawn = told_before(repo)
    before = drawn.get(plan.stem, ())
    merged = Merged()
    note, added = "", 0

    def edit(text: str, path: str) -> str:
        nonlocal merged, note, added
        done, merged = merge_heard(text, path, plan, heard, before)
        added, text = done.added, _without_note(done.text, path, name)
        items = parse_document(text, path).items
        stand = sum(item.fact.by == name and item.fact.turn.partition("#")[0] in keys for item in items)
        if not stand:
            return text
        note = _note(name, plan, merged, stand)
        with contextlib.suppress(FormatError):
            text = add_facts(text, path, "note", [New(note, "", f" (by: {name})")])
        return text

    with lock(repo.common_dir):
        edit_staged(repo, path, edit)
    drawn[plan.stem] = sorted({*before, *(digest(draft) for draft in merged.new)})
    store_cache(repo.common_dir, "model-drawn", dict(list(drawn.items())[-_DRAWN:]))
    return Compressed(plan.stem, name, added, merged, heard.unread, len(plan.parts), problem, note)


def _taken_out(draft: Draft, plan: Plan) -> bool:
    """Whether the rules drew the same words, of whatever kind: as they do not stand there any more, a person took them out."""
    drawn = {known for conversation in plan.conversations for known in conversation.facts}
    return any(digest(draft._replace(kind=kind)) in drawn for kind in KINDS)


def _without_note(text: str, path: str, name: str) -> str:
    """The text without the note of an earlier run of this model."""
    items = parse_document(text, path).items
    notes = [
        i.start + 1 for i in items if i.fact.kind == "note" and i.fact.by == name and i.fact.text.startswith(_NOTE)
    ]
    return remove_facts(text, path, notes) if notes else text


def _note(name: str, plan: Plan, merged: Merged, stand: int) -> str:
    talk = f"{len(plan.conversations)} conversations" if len(plan.conversations) > 1 else "the conversation"
    many = f"{stand} facts of it stand here"
    return (
        f"{_NOTE}{talk} ({name}): {merged.line(many)}. Confidence {merged.confidence}: {'; '.join(merged.reasons())}."
    )


def model_name(plan: Plan) -> str:
    """The model's name as an annotation holds it."""
    return (
        "".join(c for c in admit(plan.endpoint.model) if c.isprintable() and c not in "()[]<>`\\").strip()[:100]
        or "model"
    )


def _cache(endpoint: Endpoint, chunk: Chunk) -> str:
    return f"model-{chunk.digest(f'{endpoint.model} {endpoint.url}')}"


def _prune(repo: Repository) -> None:
    """Forget the oldest answers."""
    folder = os.path.join(repo.common_dir, "gitsession")
    with contextlib.suppress(OSError):
        kept = [e for e in os.scandir(folder) if e.name.startswith("model-") and e.name.endswith(".cache")]
        for entry in sorted(kept, key=lambda e: -e.stat().st_mtime)[_ANSWERS:]:
            os.unlink(entry.path)
