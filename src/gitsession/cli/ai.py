"""The options of commands that may ask a model, consent, and what is said of it."""

import functools
import sys
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any

import click

from gitsession.cli.output import say, warn
from gitsession.errors import GitsessionError, UsageError
from gitsession.git import Repository

if TYPE_CHECKING:  # who asks no model does not load it
    from gitsession.model_client.endpoint import Endpoint

_OPTIONS = (
    click.option("--ai", is_flag=True, help="Let a model pick further facts, each checked against its turns."),
    click.option(
        "--model", default="", metavar="ID", help="With --ai: the model, by its name on the Hub or at the endpoint."
    ),
    click.option(
        "--endpoint",
        default="",
        metavar="URL",
        help="With --ai: an OpenAI-compatible one, such as http://localhost:11434/v1.",
    ),
    click.option(
        "--timeout",
        "seconds",
        type=click.FloatRange(min=1),
        metavar="SECONDS",
        help="With --ai: for all questions together (60).",
    ),
    click.option("--jobs", type=click.IntRange(1, 32), metavar="N", help="With --ai: questions at a time (4)."),
    click.option(
        "--context",
        type=click.IntRange(min=2048),
        metavar="TOKENS",
        help="With --ai: what the model takes in one question (8192).",
    ),
)


def ai_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of asking a model, which reach the command as one `ai`: None without --ai."""

    @functools.wraps(command)  # with the options that it has already
    def wrapped(*args: Any, ai: bool, **given: Any) -> Any:
        wish = {name: given.pop(name) for name in ("model", "endpoint", "seconds", "jobs", "context")}
        if not ai and any(wish.values()):
            raise UsageError("--model, --endpoint, --timeout, --jobs and --context go with --ai")
        return command(*args, ai=wish if ai else None, **given)

    decorated: Callable[..., Any] = wrapped
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated


def ask_model(repo: Repository, ai: dict[str, Any], *, yes: bool, stem: str = "", names: Collection[str] = ()) -> None:
    """Let a model read a session's conversations, once somebody agrees. Whatever fails ends in one line: the rules' facts stand."""
    try:
        _ask(repo, ai, yes=yes, stem=stem, names=names)
    except UsageError:
        raise
    except GitsessionError as e:
        warn(f"no model: {e.message}" + (f" ({e.hint})" if e.hint else "") + "; the facts are those of the rules")


def agreed(endpoint: "Endpoint", what: str, otherwise: str, *, ask: bool) -> bool:
    """Whether words may leave this machine: a person is asked where `ask`, everybody is told. To this machine they always may."""
    if endpoint.local:
        return True
    what = f"{what} {endpoint.told}"
    if not ask:
        warn(f"sending {what}")
        return True
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        warn(f"no model: this would send {what}; --yes agrees; {otherwise}")
        return False
    say(f"This would send {what}.", err=True)
    return click.confirm("Send it?", default=False, err=True)


def _ask(repo: Repository, ai: dict[str, Any], *, yes: bool, stem: str, names: Collection[str]) -> None:
    from gitsession.cli.progress import Parts
    from gitsession.workflow.compressing import Wish, compress_session, plan_compression

    wish = Wish(**{name: value for name, value in ai.items() if value})
    plan = plan_compression(repo, stem, wish, names)
    if plan.open and not agreed(
        plan.endpoint, plan.size, "the facts are those of the rules", ask=plan.asks and not yes
    ):
        return
    with Parts() as told:
        done = compress_session(repo, plan, told)
    if done.unread:
        warn(f"{done.unread} of {done.parts} parts were not read: {done.problem}; the next try asks for these alone")
    line = done.merged.line(f"{done.added} facts added")
    say(f"model {done.model}: {line}; confidence {done.merged.confidence}", err=True)
