"""What the agent said: decisions, errors and what fixed them, what is left, what it asked."""

import pytest
from talk import Talk


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("I chose argon2id for the hashes, because bcrypt truncates at 72 bytes.", "decision"),
        ("Escolhi argon2id porque o bcrypt corta em 72 bytes.", "decision"),
        ("Ich habe argon2id gewählt, weil bcrypt bei 72 Bytes abschneidet.", "decision"),
        ("The `IntegrityError` was caused by a missing index; fixed by `db/0002.sql`.", "error"),
        ("Watch out: `load_feeds` is not safe to call from two threads.", "lesson"),
    ],
)
def test_what_an_answer_is(drawn, said, kind) -> None:
    facts = drawn(Talk().asks("Add a login").says(f"Let me look at the code first. {said} Done."))
    assert facts.of(kind) == said
    assert "Let me look" not in facts.all


def test_what_goes_on_just_now_is_over_later(drawn) -> None:
    talk = Talk().asks("Use version 1.105 of `vscode`").says("Aligning the `vscode-test` runner to 1.105 so that `pnpm test` verifies it.")
    talk.says("`@types/vscode` still resolves to 1.110.0, so I'm pinning it exactly.").says("The tests in `src/test` still fail, so I'm looking.")
    facts = drawn(talk.says("Everything in `src` runs on 1.105.")).all
    assert "Aligning" not in facts
    assert "still fail" not in facts
    assert "`@types/vscode` still resolves to 1.110.0" in facts  # why it was done
    assert "pinning" not in facts
    assert "Everything in `src`" in facts


@pytest.mark.parametrize("then", [("git push", "a..b  main -> main"), ("git commit -m x", "[main 3f2a1b9] x")])
def test_what_was_said_of_git_before_the_last_commit_is_over(drawn, then) -> None:
    said = "I changed `src/a.py`; `src/b.py` is still untracked, as you wanted. `src/c.py` needs a look because it is slow."
    talk = Talk().asks("Change a").runs("git commit -m a", "[main 1f2a1b9] a").says(said)
    assert "untracked" in drawn(talk).all
    facts = drawn(talk.asks("and b").runs(*then).says("Done."))
    assert "untracked" not in facts.all
    assert "`src/c.py`" in facts.all


def test_the_newest_figures_win(drawn) -> None:
    talk = Talk().asks("Make `load` fast").says("So `parse_feed` adds 600 ms to `load`.").says("`load_cache` is read 14 times in a row, always cold.")
    facts = drawn(talk.says("`load` took 800 ms and takes 135 ms now: `parse_feed` is called once.")).all
    assert "135 ms" in facts
    assert "600 ms" not in facts
    assert "14 times" in facts


REVIEW = """## Lines 10-20: `open_feed`

- (1) ✅ Good name for `open_feed`
- (2) ⚠️ `open_feed` leaks the handle because `close_feed` is missing

## Tests worth adding

- A feed without items through `read_items`
"""


def test_what_a_review_praises_and_wants_was_not_done(drawn) -> None:
    facts = drawn(Talk().asks("Review it").says(REVIEW))
    assert "Good name" not in facts.all
    assert "leaks the handle" in facts.of("error")
    assert "read_items" in facts.all
    assert facts.of("done") == ""


def test_asides_are_left_out(drawn) -> None:
    said = "You are correct. That's a strong signal. Das ist `klar_so`. Retries are off by default since 2.1. Escolha feita: só Postgres."
    facts = drawn(Talk().asks("Look").says(said).says("Nobody needs the old importer. It goes.")).all
    assert "strong signal" not in facts
    assert "Retries are off" in facts
    assert "Escolha feita" in facts
    assert "Nobody needs the old importer." in facts  # the answer itself


@pytest.mark.parametrize("words", ["sorry, it would be v0.4.2", "Nein, 0.4.2", "na verdade 0.4.2"])
def test_what_the_person_corrected_does_not_stand(drawn, words) -> None:
    said = "`CHANGELOG.md` lists 0.1.1 now, in the style of `cli`.\n\n- `docs/usage.md` names Go 1.22.5 and 0.4.2, too\n- `README.md` is as it was"
    facts = drawn(Talk().asks("Update the changelog").says(said).asks(words).says("Done. It is 0.4.2."))
    assert "lists 0.1.1" not in facts.all
    assert "`README.md` is as it was" in facts.all
    assert "`docs/usage.md`" in facts.all
    assert words in facts.of("goal")


@pytest.mark.parametrize("heading", ["Next steps", "Still open", "Próximos passos", "Noch offen"])
def test_what_is_left_open(drawn, heading) -> None:
    summary = f"## Done\n- Added `hash_password` in `src/auth.py`\n\n## {heading}\n- Limit the attempts in `src/login.py`\n- [ ] Document the form\n"
    facts = drawn(Talk().asks("Add a login").says(summary))
    assert "Limit the attempts in `src/login.py`" in facts.of("step", box=" ")
    assert "Document the form" in facts.of("step", box=" ")
    assert "Added `hash_password` in `src/auth.py`" in facts.of("done", box="x")
    assert "hash_password" not in facts.of("step")
    later = drawn(Talk().asks("Add a login").says(summary).asks("a").says("b").asks("c").says("d").asks("e").says("f"))
    assert "Limit" not in later.of("step")  # three answers later it may be done


QUESTION = "Should guests keep their cart for a day?"
EXIT = "<command-name>/exit</command-name>"


@pytest.mark.parametrize(
    ("after", "open_"),
    [((), True), ((EXIT,), True), (("[Request interrupted by user]",), True), (("thanks",), True), (("For a week",), False), (("yes",), False)],
)
def test_the_agents_last_question_is_open_while_nobody_answered(drawn, after, open_) -> None:
    talk = Talk().asks("Add a cart").says(f"I added it. {QUESTION}")
    for prompt in after:
        talk.asks(prompt)
    assert drawn(talk).of("question") == (QUESTION if open_ else "")


@pytest.mark.parametrize("listed", ["Two ways:\n\n{items}\nI lean to the second. {question}", "{question}\n\n{items}"])
@pytest.mark.parametrize(("question", "whole"), [("Which one do you prefer?", True), ("Welche Variante?", True), ("Shall I commit it?", False)])
def test_a_short_question_is_told_with_what_it_leaves_to_choose(drawn, listed, question, whole) -> None:
    said = listed.format(question=question, items="1. Store it in a cookie\n2. Store it in Redis\n")
    asked = drawn(Talk().asks("Add a cart").says(said)).of("question")
    assert asked == (f"{question} (1) Store it in a cookie; (2) Store it in Redis" if whole else question)


def test_a_politeness_is_no_question(drawn) -> None:
    assert drawn(Talk().asks("Add a cart").says("Added. Anything else I can do for you?")).of("question") == ""


FOUND = "The `Feed.open` method leaks handles because `close` is never called in `src/feed.py`."


@pytest.mark.parametrize("inside", [False, True])
def test_what_a_sub_agent_found(drawn, inside) -> None:
    """Its turns stand in the transcript, or only its report, as the result of the call."""
    talk = Talk().asks("Find the leak")
    if inside:
        talk.asks("Look where handles leak.", isSidechain=True).says(FOUND, isSidechain=True)
    else:
        talk.calls("Task", {"prompt": "Look where handles leak.", "description": "leak"}, FOUND)
    facts = drawn(talk.says("I found it. Shall I fix it?"))
    assert FOUND in facts.all
    assert facts.of("goal") == "Find the leak"
    assert facts.of("question") == "Shall I fix it?"


@pytest.mark.parametrize("printed", ['{"agent_id": "0f3a", "nickname": "Banach_17"}', '{\n "task": "Feed.open", "status": "async_launched"\n}\n'])
def test_that_a_sub_agent_was_begun_is_no_report(drawn, printed) -> None:
    facts = drawn(Talk().asks("Find the leak").calls("Task", {"prompt": "Look.", "description": "leak"}, printed).says("It looks."))
    assert "Banach" not in facts.all
    assert "Feed.open" not in facts.all


def test_a_numbered_listing_is_nothing_that_the_agent_said(drawn) -> None:
    shown = "44\t\n45\tThe `Feed.open` fails because `close` is missing.\n46\t\n47\tFixed by a lock.\n"
    assert "Feed.open" not in drawn(Talk().asks("Read the log").says(shown).says("I have read it.")).all


def test_after_sub_agents_the_last_answer_is_still_the_last(drawn) -> None:
    talk = Talk().asks("Review the feed")
    for n in range(5):
        talk.asks(f"Look at part {n}", isSidechain=True).says(f"Part {n} is fine.", isSidechain=True)
    facts = drawn(talk.says("Reviewed.\n\n## Still open\n- Limit the attempts in `src/login.py`\n"))
    assert "Limit the attempts" in facts.of("step", box=" ")


PLAN = "# Plan\n\n- `Feed.open` has no `close` method anywhere in `src/feed.py`\n- Use a context manager instead of `close`, as `src/store.py` does\n"


@pytest.mark.parametrize("carried_out", [False, True])
def test_of_a_plan_that_was_carried_out_what_it_chose_binds(drawn, carried_out) -> None:
    talk = Talk().asks("Plan the fix").calls("ExitPlanMode", {"plan": PLAN}, "User has approved your plan.")
    talk = talk.edits("/p/src/feed.py").says("Done, the feed is closed.") if carried_out else talk
    decided = drawn(talk).of("decision")
    assert "Use a context manager" in decided
    assert ("has no `close` method" in decided) is not carried_out


FEEDS = "The feeds are kept in `sqlite`, with an index on `feed_url` because each poll looks it up by that."


@pytest.mark.parametrize(
    ("said", "words", "kept", "gone"),
    [
        ("`NEWS.md` lists 0.1.1, in the style of `keepachangelog`: Added and Housekeeping.", "sorry, it is v0.4.2", "Housekeeping", "0.1.1"),
        (FEEDS, "no, use postgres instead of sqlite", "feed_url", "sqlite"),
        ("The limit is in `retries`, and each wait in `backoff.py` is twice as long.", "Wait: `retry_count`, not `retries`", "backoff.py", "retries"),
        (FEEDS, "now write tests instead of sqlite dumps", "sqlite", "never"),
    ],
)
def test_of_what_was_corrected_the_rest_stands(drawn, said, words, kept, gone) -> None:
    facts = drawn(Talk().asks("Do it").says(said).asks(words).says("Done.")).of("note", "done", "decision")
    assert kept in facts
    assert gone not in facts


def test_the_verdict_of_a_review_is_told(drawn) -> None:
    talk = Talk().asks("Review `planner.py`").says("No findings.\n\nThe code does what the description says.")
    assert "No findings. The code does" in drawn(talk).of("note")


def test_what_was_left_alone_is_so_after_the_commit(drawn) -> None:
    talk = Talk().asks("Remove the plugin").runs("git commit -m a", "[main 1f2a1b9] a")
    talk.says("The untracked file `ci/baseline.json` was left untouched.").asks("push").runs("git push", "a..b  main -> main")
    assert "ci/baseline.json" in drawn(talk.says("Done.")).all


def test_where_little_was_said_it_is_told_whole(drawn) -> None:
    long = "The answer of `fetch_feed` names " + ", ".join(f"`field_{n}`" for n in range(20)) + " and at its very end `the_last`."
    assert "`the_last`" in drawn(Talk().asks("What does it name?").says(long)).all
