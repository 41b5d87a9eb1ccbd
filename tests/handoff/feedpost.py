"""The project of the example page, as values."""

from gitsession.model.checkpoint import Checkpoint
from gitsession.model.fold import Fold, Item
from gitsession.model.handoff import Source, TouchedFile
from gitsession.model.settings import Settings

ONE, TWO, THREE = "0001-fetch-and-store-feeds-p3dz", "0002-send-the-digest-8wqa", "0003-retry-on-429-k3f9"

SESSIONS = (
    Checkpoint(
        ONE,
        "completed",
        "2026-11-18T09:00:00+00:00",
        1.0,
        "Fetch and store feeds",
        branch="main",
        author="Ada",
        agent="claude-code",
    ),
    Checkpoint(
        TWO, "completed", "2026-11-20T09:00:00+00:00", 2.0, "Send the digest", branch="main", author="Bo", agent="codex"
    ),
    Checkpoint(
        THREE,
        "active",
        "2026-11-23T09:00:00+00:00",
        3.0,
        "Retry on 429",
        branch="main",
        author="Ada",
        agent="claude-code",
        goal="a feed that answers 429 or 503 is tried again later, without holding up the others.\n\nMore of it.",
    ),
)

IN_FORCE = (
    Item("constraint", "Python 3.11+, the standard library and feedparser; nothing else", ONE),
    Item("constraint", "Never fetch one host more than once a minute", ONE),
    Item(
        "decision", "SQLite at `~/.local/state/feedpost.db`, because a JSON file was rewritten whole at each fetch", ONE
    ),
    Item("decision", "An entry is (feed URL, guid or link), because three feeds change guids on edit", ONE),
    Item("step", "Retry a feed that answers 429 or 503", ONE, taken_by=THREE),
    Item("question", "what to do with a feed that has no dates?", ONE, age=3),
    Item("constraint", "Works with Fastmail and with plain Postfix on localhost", TWO),
    Item("decision", "HTML by `string.Template`, because Jinja2 would be a second dependency", TWO),
    Item(
        "decision",
        "Entries are marked sent in the same transaction as the SMTP 250, because a crash between them mailed twice",
        TWO,
    ),
    Item("decision", "Four fetching threads", TWO, retired=(("one feed after another", ONE),)),
    Item("step", "`List-Unsubscribe` header", TWO),
    Item("step", "Fold entries that two feeds share", TWO),
    Item("blocker", "no Fastmail app password in CI, so the SMTP test is skipped (Ada asks the admin)", TWO, age=2),
    Item("question", "one mail per recipient, or Bcc?", TWO, age=2),
    Item(
        "decision",
        "`retry_after` lives in the `feeds` table and the feed is skipped until then, "
        "because sleeping in a thread blocked a fourth of the pool",
        THREE,
    ),
    Item("step", "Parse `Retry-After` as a date, too", THREE),
    Item("step", "Test with a server that answers 429 twice", THREE),
    Item("error", "`test_fetch_429` hangs on Python 3.13; `http.server` keeps the connection open", THREE),
    Item(
        "state",
        "tests: 1 failed, 41 passed, `python -m pytest -q` (`tests/test_retry.py::test_fetch_429`)",
        THREE,
        source="3f2a1b",
    ),
)

BACKGROUND = (
    Item("decision", "one feed after another", ONE),
    Item("done", "`feeds.toml`", ONE),
    Item("done", "`fetch` with ETag", ONE),
    Item("done", "schema", ONE),
    Item("lesson", "cron overlaps: `BEGIN IMMEDIATE`, 5 s timeout in `store.py`", ONE),
    Item("done", "text and HTML rendered", TWO),
    Item("done", "sent by SMTP", TWO),
    Item("done", "`--dry-run`", TWO),
    Item("error", "`smtplib` swallows a refused recipient unless `send_message`'s result is read", TWO),
    Item("error", "Mail through `EmailMessage` with `email.policy.SMTP`; `MIMEText` breaks on a Unicode Subject", TWO),
    Item("lesson", "Threads must not share a connection: one per thread, `store.connect()`", TWO),
    Item("command", "try: `python -m feedpost fetch --config examples/feeds.toml`", TWO),
    Item("command", "try: `python -m feedpost send --dry-run --since 24h`", TWO),
    Item("done", "column `retry_after`", THREE),
    Item("done", "migration `0003.sql`", THREE),
    Item("command", "test: `python -m pytest tests/test_retry.py -q`", THREE),
)

SOURCE = Source(
    settings=Settings(
        name="feedpost",
        goal="A daily e-mail digest of RSS and Atom feeds, from one small Python package.",
        constraints=("Runs from cron on a 512 MB machine; no daemon, no queue, no database server",),
        commands=(("test", "python -m pytest -q"),),
    ),
    fold=Fold(IN_FORCE, BACKGROUND, len(BACKGROUND), (), SESSIONS, 3, ONE),
    session=SESSIONS[2],
    branch="main",
    stems=(ONE, TWO, THREE),
    files=(
        TouchedFile("feedpost/fetch.py", (ONE, TWO, THREE)),
        TouchedFile("tests/test_retry.py", (THREE,), new=True),
        TouchedFile("feedpost/schema/0003.sql", (THREE,), new=True),
        TouchedFile("feedpost/store.py", (ONE, TWO)),
    ),
    source_id="3f2a1b000000",
    checkpoints_digest="0f3a" * 16,
)
