"""`troubleshoot --ai`: what a model suggests cites what is known, or is not shown; without a model the list stands."""

import json
from typing import Any

import pytest
from canned import CannedModel, Reply, says
from conversations import token

ERROR = "QueueTimeout: no worker took the job 4821"


def steps(*said: Any, **more: Any) -> Reply:
    return says(json.dumps({"steps": [{"text": text, "cites": cites} for text, cites in said], **more}))


@pytest.fixture
def known(project: Any) -> Any:
    """A project that knows one error and its fix: the only hit is [1]."""
    project.gs("start", "Workers")
    project.gs("error", "QueueTimeout: no worker took the job", "--fix", "start one with `make worker`")
    return project


def ask(project: Any, model: CannedModel, *words: str, **env: str) -> dict[str, Any]:
    answer = json.loads(project.gs("troubleshoot", ERROR, "--ai", "--endpoint", model.url, "--json", *words, **env).stdout)
    assert [hit["fix"] for hit in answer["hits"]] == ["start one with `make worker`"]  # whatever the model does
    return dict(answer)


def test_a_suggestion_stands_beside_what_it_cites(known) -> None:
    with CannedModel(steps(("Start a worker: `make worker`.", [1]))) as model:
        assert ask(known, model)["suggestion"] == {
            "model": "meta-llama/Llama-3.1-8B-Instruct", "steps": [{"text": "Start a worker: `make worker`.", "cites": [1]}], "dropped": 0,
        }  # fmt: skip
        shown = known.gs("troubleshoot", ERROR, "--ai", "--endpoint", model.url).stdout
    assert "\n1. Start a worker: `make worker`. [1]\n" in shown
    assert ERROR in model.asked[0].words
    assert "[1] error, solved" in model.asked[0].words


@pytest.mark.parametrize(
    ("reply", "kept", "dropped"),
    [
        (steps(("Good", [1, 7])), [("Good", [1])], 0),  # a number that does not exist
        (steps(("Good", [1]), ("Made up", [9]), ("Free", [])), [("Good", [1])], 2),
        (steps(("Good", [1]), ("Run `rm -rf cache`", [1])), [("Good", [1])], 1),  # nobody told it that
        (steps(("Good [1], and so [8].", [])), [("Good, and so.", [1])], 0),
        (steps(("Look at `make worker` (`a[9]`)", [1]), ("See `make worker` [1]", [])), [("See `make worker`", [1])], 1),
        (says('Sure! ```json\n{"steps": [{"text": "Good", "cites": "[1]"}]}\n``` Ask me more.'), [("Good", [1])], 0),
        (says("Try this:\n1. Start it [1]\n2. Pray [4]\n"), [("Start it", [1])], 1),
    ],
)
def test_citations_are_checked(known, reply, kept, dropped) -> None:
    with CannedModel(reply) as model:
        suggestion = ask(known, model)["suggestion"]
    assert [(step["text"], step["cites"]) for step in suggestion["steps"]] == kept
    assert suggestion["dropped"] == dropped


@pytest.mark.parametrize(
    ("reply", "says_"),
    [
        (steps(("Made up", [9])), "rests on nothing that is known"),
        (steps(), "finds no help"),
        (says("I cannot help with that."), "answered"),
        (says(""), "answered nothing"),
        (Reply("no", 401), "refuses the token"),
        (Reply("no", 404), "does not know the model"),
    ],
)
def test_without_an_answer_the_list_stands(known, reply, says_) -> None:
    with CannedModel(reply) as model:
        assert ask(known, model)["suggestion"] is None
        done = known.gs("troubleshoot", ERROR, "--ai", "--endpoint", model.url)
    (line,) = done.stderr.splitlines()
    assert "no model: " in line
    assert says_ in line
    assert "fixed: start one" in done.stdout


def test_nothing_leaves_unasked_and_a_project_may_forbid_it(known) -> None:
    with CannedModel(steps(("Good", [1]))) as model:
        far = model.url.replace("127.0.0.1", "0.0.0.0")
        refused = known.gs("troubleshoot", ERROR, "--ai", "--endpoint", far)
        assert "this would send " in refused.stderr
        assert model.asked == []
        known.gs("troubleshoot", ERROR, "--ai", "--endpoint", far, "--yes")
        assert len(model.asked) == 1
        known.write(".sessions/project.yml", known.read(".sessions/project.yml") + "model:\n  allowed: never\n")
        assert "allows no model" in known.gs("troubleshoot", ERROR, "--ai", "--endpoint", model.url, "--yes").stderr
        assert len(model.asked) == 1


def test_nothing_known_is_nothing_to_ask(known) -> None:
    with CannedModel(steps(("Good", [1]))) as model:
        assert "nothing is known that it could cite" in known.gs("troubleshoot", "Other trouble", "--ai", "--endpoint", model.url).stderr
        assert model.asked == []


def test_no_secret_is_sent_or_shown(known) -> None:
    key = token("suggest")
    with CannedModel(steps((f"Use {key}", [1]))) as model:
        done = known.gs("troubleshoot", f"{ERROR}\npassword {key}", "--ai", "--endpoint", model.url)
    assert key not in model.asked[0].words + done.stdout + done.stderr
    assert "[REDACTED" in model.asked[0].words


def test_its_options_go_with_ai(known) -> None:
    done = known.gs("troubleshoot", ERROR, "--model", "x", check=False)
    assert (done.returncode, "go with --ai" in done.stderr) == (2, True)
