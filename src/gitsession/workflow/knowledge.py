"""Knowledge: adding a pattern, and finding one."""

from collections.abc import Sequence

from gitsession.errors import SessionError, UsageError
from gitsession.formats.knowledge import clean_body, clean_title, render_knowledge
from gitsession.git import Repository
from gitsession.model.fact import text_key
from gitsession.model.fold import Item
from gitsession.model.knowledge import Knowledge
from gitsession.secretscan.redaction import admit
from gitsession.store.files import write_file
from gitsession.store.knowledge import Kept, read_knowledge
from gitsession.store.layout import knowledge_path
from gitsession.store.lock import lock
from gitsession.store.snapshot import Problem, Snapshot
from gitsession.store.staging import stage_recorded
from gitsession.workflow.record import pick
from gitsession.workflow.sessions import need_sessions, now_text, random_part, slug_of

MAX_WORDS = 32_000
_TITLE_LENGTH = 80
_LESSONS = "knowledge list --lessons"


def add_knowledge(repo: Repository, words: str, *, lesson: str = "", tags: Sequence[str] = ()) -> Kept:
    """Write a pattern into a file of its own, and stage it. The first line of `words` is the title, the rest the body.

    `lesson` is the number or a part of a lesson that it grows from: its words are the body, and the title where none is given.
    Raises UsageError, SessionError, SecretError.
    """
    if not (words.strip() or lesson):
        raise UsageError("the text is empty", "say it in a few words, or take a lesson's: --from LESSON")
    admit(words, person="the text")
    for tag in tags:
        admit(tag, person="--tag")
    with lock(repo.common_dir):
        snapshot = Snapshot.of_worktree(repo)
        need_sessions(repo, snapshot)
        grown = pick(lessons_of(snapshot), lesson, "lesson", _LESSONS) if lesson else None
        first, _, rest = (words.strip() or (grown.text if grown else "")).partition("\n")
        title, body = _shortened(clean_title(first)), clean_body(rest)
        if grown and not body:
            body = clean_body(grown.text)
        elif title != clean_title(first):
            body = f"{clean_title(first)}\n\n{body}".strip()
        if not title:
            raise UsageError("the title is empty", "say what it is about in the first line")
        new = Knowledge(title, "" if body == title else body, _clean_tags(tags), now_text(), repo.user()[0],
                        grown.stem if grown else "", " ".join(grown.text.split()) if grown else "")  # fmt: skip
        text = admit(render_knowledge(new), person="the whole of it")
        if len(text) > MAX_WORDS:
            raise UsageError(f"{len(text)} characters are too many for one pattern (at most {MAX_WORDS})", "split it")
        name = f"{slug_of(title, 'pattern')}-{random_part()}"
        write_file(repo, knowledge_path(name), text.encode("utf-8"))
        stage_recorded(repo, knowledge_path(name))
    return Kept(name, new)


def all_knowledge(repo: Repository) -> tuple[list[Kept], list[Problem]]:
    """What the work tree has, oldest first, and what of it cannot be read."""
    return read_knowledge(Snapshot.of_worktree(repo))


def find_knowledge(kept: Sequence[Kept], word: str) -> Kept:
    """The one that a name or a unique part of name or title means. Raises SessionError."""
    word = word.strip().removesuffix(".md").rpartition("/")[2]
    key = text_key(word)
    exact = [one for one in kept if one.name == word]
    found = exact or [one for one in kept if key and (key in one.name or key in text_key(one.knowledge.title))]
    if len(found) == 1:
        return found[0]
    if not found:
        raise SessionError(f"no knowledge is called {word!r}", "`gitsession knowledge list` shows all")
    some = ", ".join(one.name for one in found[:4]) + (", ..." if len(found) > 4 else "")
    raise SessionError(f"{word!r} fits {len(found)}: {some}", "name one in full")


def search_knowledge(kept: Sequence[Kept], words: str) -> list[Kept]:
    """Those that hold all the words, case aside: first those that hold them in title and tags."""
    wanted = words.casefold().split()
    if not wanted:
        raise UsageError("an empty text finds nothing", "say a word that must be there")
    found = []
    for one in kept:
        head = " ".join((one.knowledge.title, *one.knowledge.tags)).casefold()
        text = f"{head}\n{one.knowledge.body}".casefold()
        if all(word in text for word in wanted):
            found.append((sum(word not in head for word in wanted), one))
    return [one for _, one in sorted(found, key=lambda pair: pair[0])]


def all_lessons(repo: Repository) -> list[Item]:
    """The lessons of all sessions, numbered from 1 for `--from`."""
    return lessons_of(Snapshot.of_worktree(repo))


def lessons_of(snapshot: Snapshot) -> list[Item]:
    """The lessons of all sessions, the oldest first, equal ones once."""
    found: dict[str, Item] = {}
    for checkpoint in snapshot.checkpoints():
        for fact in checkpoint.facts:
            if fact.kind == "lesson" and not fact.dropped:
                found.setdefault(text_key(fact.bare), Item("lesson", fact.bare, checkpoint.stem))
    return list(found.values())


def _clean_tags(tags: Sequence[str]) -> tuple[str, ...]:
    """Each once, without blanks around it; one option may hold several, with commas between."""
    return tuple(dict.fromkeys(clean for tag in tags for part in tag.split(",") if (clean := clean_title(part))))


def _shortened(title: str) -> str:
    if len(title) <= _TITLE_LENGTH:
        return title
    cut = title[: _TITLE_LENGTH - 2]
    return (cut.rpartition(" ")[0] or cut).rstrip(" ,;:.") + "..."
