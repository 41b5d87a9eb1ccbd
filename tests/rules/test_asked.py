"""What the person asked for, chose, forbade and answered."""

import pytest
from talk import Talk

from gitsession.model.conversation import Head, Turn
from gitsession.rules import Story, draw


def test_the_goal_and_what_was_asked_later(drawn) -> None:
    later = "Now limit its rate. It must never block longer than a minute."
    facts = drawn(Talk().asks("Add a sign-in form.").says("Done.").asks(later).says("Done."))
    assert facts.of("goal").splitlines() == ["Add a sign-in form.", "Now limit its rate."]
    assert facts.of("constraint") == "It must never block longer than a minute."
    assert [d.turn for d in facts.drafts if d.kind in ("goal", "constraint")] == ["0", "2", "2"]


@pytest.mark.parametrize(
    ("offer", "word"),
    [("Shall I rewrite it in C?", "yes, please"), ("Posso reescrever o tokenizer?", "sim"), ("Soll ich den Tokenizer neu schreiben?", "ja")],
)  # fmt: skip
def test_a_yes_is_to_what_the_agent_offered(drawn, offer, word) -> None:
    facts = drawn(Talk().asks("Look at the parser.").says(f"It is slow. {offer}").asks(word).says("Done."))
    assert f"“{word}” to: {offer}" in facts.of("goal")
    assert facts.of("question") == ""


@pytest.mark.parametrize(
    ("words", "named", "other"),
    [("Implement 1 and 3", ("Cache the index", "Retry on 429"), ("legacy importer",)), ("2", ("legacy importer",), ("Cache", "Retry")),
     ("do 2-3 now", ("legacy importer", "Retry on 429"), ("Cache",)), ("option 1 is fine", ("Cache the index",), ("legacy", "Retry"))],
)  # fmt: skip
@pytest.mark.parametrize("aside", [False, True])
def test_items_of_the_agents_list_that_were_picked(drawn, words, named, other, aside) -> None:
    """By number, and from the list that the person saw: a sub-agent's report is none of it."""
    talk = Talk().asks("Review the module").says("I would:\n\n1. Cache the index\n2. Drop the legacy importer\n3. Retry on 429 answers\n")
    if aside:
        talk.asks("Count the modules in src", isSidechain=True).says("1. Alpha module\n2. Beta module\n3. Gamma module", isSidechain=True)
    goal = drawn(talk.asks(words).says("Done.")).of("goal")
    assert [w in goal for w in (*named, *other)] == [True] * len(named) + [False] * len(other)
    assert "module" not in goal.replace("Review the module", "")


@pytest.mark.parametrize(
    ("prompt", "goal"),
    [
        ("Fix these:\n- the cart total\n- the checkout button", "Fix these: the cart total the checkout button"),
        ("Make this pass:\n```\nassert total(1) == 2\n```", "Make this pass"),
        ("# Fix the cart", "Fix the cart"),
        ("It fails, mend:\n\nTraceback (most recent call last):\n  File \"a.py\", line 3\nNameError: total", "It fails, mend: NameError: total"),
    ],
)  # fmt: skip
def test_the_words_that_lead_to_a_list_or_to_what_was_pasted_stay(drawn, prompt, goal) -> None:
    assert drawn(Talk().asks(prompt).says("Done.")).of("goal") == goal


def test_a_pasted_log_binds_to_nothing(drawn) -> None:
    log = "2026-11-23 10:00:00 INFO never start without a lock\n[10:00:01] you must always pass --force\n" * 15
    facts = drawn(Talk().asks(f"The job dies at night, find out why:\n\n{log}\nKeep the old schedule.").says("Done."))
    assert facts.of("constraint") == ""
    assert "The job dies at night" in facts.of("goal")
    assert "must always pass" not in facts.all


@pytest.mark.parametrize(
    ("prompt", "constraint"),
    [("Adicione um login. Nunca guarde a senha em texto simples.", "Nunca guarde a senha em texto simples."),
     ("Füge ein Login hinzu. Passwörter dürfen niemals ins Log.", "Passwörter dürfen niemals ins Log."),
     ("Add a login. Don't use cookies for it.", "Don't use cookies for it.")],
)  # fmt: skip
def test_what_binds_in_other_languages(drawn, prompt, constraint) -> None:
    facts = drawn(Talk().asks(prompt).says("OK."))
    assert facts.of("constraint") == constraint
    assert facts.of("goal") == prompt.removesuffix(" " + constraint)


def test_a_rejected_call_and_what_was_said_with_it(drawn) -> None:
    talk = Talk().asks("Clean up").rejects("Bash", {"command": "rm -rf build"}, "Use make clean instead").rejects("Edit", {"file_path": "/p/a.py"})
    facts = drawn(talk.says("OK."))
    assert "rm -rf build" in facts.of("constraint")
    assert "Use make clean instead" in facts.of("constraint")
    assert "Edit /p/a.py" in facts.of("note")
    assert facts.state("files changed") == ""
    assert facts.of("command") == ""


def test_an_answer_to_the_agents_question_is_a_decision(drawn) -> None:
    facts = drawn(Talk().asks("Set up the store").answers("Which database?", "Postgres, as the others do").says("OK."))
    assert facts.of("decision") == "Which database? → Postgres, as the others do"
    assert facts.of("question") == ""


def command(name: str) -> str:
    return f"<command-name>/{name}</command-name>\n<command-message>{name}</command-message>\n<command-args></command-args>"


@pytest.mark.parametrize("noise", [command("clear"), command("model"), "<local-command-stdout>x</local-command-stdout>", "/exit", "hi", "thanks"])
def test_what_asks_for_nothing_is_no_goal(drawn, noise) -> None:
    facts = drawn(Talk().asks(noise).asks("Add a cart").says("Added.").asks(noise))
    assert facts.of("goal") == "Add a cart"


def test_a_yes_where_nothing_was_offered_is_to_nothing(drawn) -> None:
    said = "I would put an index on `feeds.url`.\n\nIt is `db/0002.sql`:\n\n- Skips the archive.\n- Runs in a second.\n"
    offered = drawn(Talk().asks("Make it fast").says(said).asks("ok, go")).of("goal")
    assert "“ok, go” to: I would put an index on `feeds.url`." in offered
    told = drawn(Talk().asks("Make it fast").says(said.replace("would put", "put")).asks("ok, go").says("Done.")).of("goal")
    assert told == "Make it fast"


@pytest.mark.parametrize("cut", ["error", "interrupted"])
def test_proceed_after_what_was_cut_off_is_a_yes_to_nothing(drawn, cut) -> None:
    talk = Talk().asks("Make it fast").says("I will put an index on `feeds.url`.")
    if cut == "error":
        talk.says("API Error: 500", isApiErrorMessage=True)
    else:
        talk.asks("[Request interrupted by user]")
    assert drawn(talk.asks("proceed").says("Done.")).of("goal") == "Make it fast"


def test_a_command_that_was_pasted_hides_no_words(drawn) -> None:
    pasted = "it worked once, now I ran\n\n$ go run ./cmd sync \\\n    --protocol v2 \\\n    https://x.example/y.git\n\nand it took 74GB of memory"
    facts = drawn(Talk().asks("Make it fast").says("Done.").asks(pasted).says("I see."))
    assert "it took 74GB of memory" in facts.of("goal")
    assert "--protocol" not in facts.of("goal")


def test_a_command_that_nobody_took_apart_is_its_name_and_words(drawn) -> None:
    said = "<command-message>review</command-message>\n<command-name>/review</command-name>\n<command-args>221</command-args>"
    story = Story()
    for number, text in enumerate((said.replace("review", "model").replace("221", ""), said)):
        story.feed(number, Turn("user", text, kind="command"))
    assert [d.text for d in draw(story, Head("specstory")) if d.kind == "goal"] == ["/review 221"]
