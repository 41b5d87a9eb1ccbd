"""The handoff desk: a page of chosen sessions alone, to hand over a part of the work. It is nowhere stored."""

from collections.abc import Collection, Mapping, Sequence

from gitsession.errors import UsageError
from gitsession.git import Repository
from gitsession.model.checkpoint import Checkpoint
from gitsession.model.fold import Fold, Item
from gitsession.model.folding import RECENT, FoldState, fact_key, fold, ordered
from gitsession.model.handoff import Handoff, Source
from gitsession.model.numbers import numbers_of
from gitsession.model.settings import Settings
from gitsession.model.words import words_key
from gitsession.secretscan.redaction import redact_lines
from gitsession.store.snapshot import Snapshot
from gitsession.workflow.derive import derive_page, make_source, past, source_of_worktree, subjects, worktree_changes
from gitsession.workflow.sessions import Progress, find_session, need_sessions


def chosen_stems(repo: Repository, snapshot: Snapshot, sessions: Sequence[str]) -> set[str]:
    """The sessions that are named. Raises UsageError without one, SessionError."""
    if not sessions:
        raise UsageError("no session is chosen", "`gitsession list` shows all")
    need_sessions(repo, snapshot)
    return {find_session(word, snapshot.oids) for word in sessions}


def compose_handoff(
    repo: Repository,
    sessions: Sequence[str],
    *,
    budget: int | None = None,
    instead: Mapping[str, Checkpoint] | None = None,
) -> Handoff:
    """The page of the sessions that are named, as things stand now: what others closed since is not open on it.

    `instead` holds checkpoints by stem as they are to be taken, whatever their files say. Raises UsageError without a session,
    SessionError, FormatError.
    """
    instead = instead or {}
    snapshot = Snapshot.of_worktree(repo)
    stems = chosen_stems(repo, snapshot, sessions)
    chosen = [c for stem in stems if (c := instead.get(stem) or snapshot.checkpoint(stem))]
    progress = Progress(repo, snapshot)
    current = progress.stem() if progress.stem() in stems else ""
    state = FoldState()
    for checkpoint in snapshot.checkpoints():
        state.add(instead.get(checkpoint.stem, checkpoint))
    active = next((c for c in chosen if c.stem == current), None)
    part = part_of(state, chosen, snapshot.settings, active=active)
    source = make_source(
        repo, snapshot, session=current, branch=progress.branch, revs=[repo.head_oid(), *repo.merge_heads()],
        changes=worktree_changes(repo) if current else (), source_id=lambda: source_of_worktree(repo), master=True, budget=budget,
    )  # fmt: skip
    source = source._replace(session=active)
    told = [(stem, redact_lines(lines)) for stem, lines in _subjects(repo, snapshot, but=current) if stem in stems]
    return derive_page(
        _narrowed(source, part, [c.stem for c in ordered(chosen)], told, snapshot.numbers.shared), budget
    )


def part_of(state: FoldState, chosen: Sequence[Checkpoint], settings: Settings, *, active: Checkpoint | None) -> Fold:
    """Of the fold of all sessions, what came from the chosen ones.

    What is in force in the project decides what is open. Background is what they say by themselves, but for what another
    session took back.
    """
    stems = {c.stem for c in chosen}
    whole = state.result(settings, active)
    own = fold(chosen, settings)
    standing = {key for _, key in state.background} | {fact_key(fact) for fact, _, _ in state.commands.values()}
    background = tuple(item for item in own.background if words_key(item.text) in standing)
    return own._replace(
        in_force=tuple(item for item in whole.in_force if _concerns(item, stems)),
        background=background,
        background_total=own.background_total - (len(own.background) - len(background)),
        recent=tuple(ordered(chosen)[-RECENT:]),
        # What they close may have been opened by others.
        closings=whole.closings,
        matched=whole.matched,
        warnings=tuple(w for w in whole.warnings if w.stem in stems),
    )


def _concerns(item: Item, stems: Collection[str]) -> bool:
    """True for what a session of these opened, says again or took up, and for the project's own constraints."""
    return not item.stem or any(stem in stems for stem in (item.stem, item.taken_by, *item.stems))


def _subjects(repo: Repository, snapshot: Snapshot, *, but: str) -> Sequence[tuple[str, Sequence[str]]]:
    head = repo.head_oid()
    return subjects(past(repo, snapshot, head), but=but) if head else ()


def _narrowed(
    source: Source, part: Fold, stems: Sequence[str], told: Sequence[tuple[str, Sequence[str]]], shared: frozenset[str]
) -> Source:
    files = [f._replace(stems=tuple(s for s in f.stems if s in stems)) for f in source.files]
    return source._replace(
        fold=part,
        files=[f for f in files if f.stems],
        subjects=told,
        stems=numbers_of(stems)._replace(shared=shared),
        chosen=tuple(stems),
    )
