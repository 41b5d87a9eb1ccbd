"""Shell commands as agents run them: taken apart, told by what they are for, written as a person would type them."""

import posixpath
import re
import shlex
from typing import NamedTuple

#: What a command is for, by its first words; the first that fits. Read-only ones say nothing to a later session.
_PURPOSES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (purpose, re.compile(pattern))
    for purpose, pattern in (
        (
            "read",
            r"(?:cat|ls|ll|head|tail|less|more|grep|egrep|rg|ag|ack|find|fd|wc|pwd|which|type|command|echo|printf|nl|tree|stat|file|du|df|"
            r"env|printenv|date|whoami|sort|uniq|cut|tr|column|diff|cmp|jq|yq|awk|sleep|true|false|test|\[|set|export|source|\.|cd|pushd|"
            r"popd|read|history|ps|top|kill|pkill|wait|touch|xxd|od|strings|basename|dirname|realpath|readlink|unset|trap|exit|return|for|"
            r"while|if|then|else|fi|do|done|case|esac|bat|ulimit|umask|hash|time|id|hostname|uname|sed -n|sed --quiet)\b",
        ),
        (
            "read",
            r"git(?: -\S+(?: \S+)??)*? (?:status|log|diff|show|branch(?!\s+-[dDmM])|rev-parse|rev-list|remote(?: -v| show|$)|ls-files|ls-tree|ls-remote|"
            r"blame|fetch|config --get|config -l|config$|stash list|describe|cat-file|grep|merge-base|worktree list|shortlog|reflog|name-rev|"
            r"for-each-ref|symbolic-ref|check-ignore|add|diff-tree|count-objects|var|help|version|--version)",
        ),
        (
            "read",
            r"gh (?:pr|issue|run|repo|release|api|workflow)(?: (?:view|list|diff|checks|status|show|watch|download)\b)",
        ),
        ("read", r"gh api (?!.*(?:-X|--method|-f |-F |--field|--raw-field|--input))"),
        (
            "read",
            r"(?:go (?:doc|env|list|version|mod (?:graph|why|download))|(?:ba|z|da)?sh -c|cargo (?:metadata|tree)|npm (?:ls|view)|pip (?:list|show))\b",
        ),
        ("commit", r"git(?: -\S+(?: \S+)??)*? commit\b"),
        ("push", r"git(?: -\S+(?: \S+)??)*? push\b"),
        ("git", r"(?:git|jj|hg|svn|sl) "),
        ("review", r"(?:gh|glab|hub|az repos) "),
        (
            "test",
            r"(?:\S+/)?(?:py\.?test|tox|nox|jest|vitest|mocha|ava|rspec|phpunit|ctest|bats|ginkgo|gotestsum|playwright test|cypress run|"
            r"python\S* -m (?:pytest|unittest|tox)|go test|cargo (?:test|nextest)|dotnet test|mvn\b.* (?:test|verify)|\S*gradlew? .*test|"
            r"(?:swift|deno|bun|mix|flutter|dart|sbt|rake|rails|zig build|bazel|buck|nx|turbo) test|stack test|cabal test|"
            r"(?:npm|pnpm|yarn|bun|mise|task|just|make|uv|poetry|pipenv|hatch|pdm|rye|npx|bundle|composer|deno|nx|turbo)\b.*\b(?:\w+[:-])*(?:tests?|spec|e2e|"
            r"pytest|jest|vitest|unittest|rspec|phpunit)(?:[:-]\w+)*\b)",
        ),
        (
            "lint",
            r"(?:\S+/)?(?:golangci-lint|eslint|ruff check|ruff(?! format)|flake8|pylint|mypy|pyright|clippy|cargo clippy|go vet|staticcheck|shellcheck|"
            r"stylelint|biome (?:check|lint)|rubocop|ktlint|detekt|swiftlint|hadolint|tsc\b|actionlint|yamllint|markdownlint\S*|pre-commit run|svelte-check|oxlint|"
            r"(?:npm|pnpm|yarn|bun|mise|task|just|make|uv|poetry|npx|hatch|bundle)\b.*\b(?:\w+[:-])*(?:lint|typecheck|type-check|check|vet|clippy|mypy|ruff|eslint|tsc|"
            r"rubocop)(?:[:-]\w+)*\b)",
        ),
        (
            "format",
            r"(?:\S+/)?(?:gofmt|goimports|gofumpt|prettier|black|isort|ruff format|rustfmt|cargo fmt|clang-format|shfmt|terraform fmt|"
            r"(?:npm|pnpm|yarn|bun|mise|task|just|make|uv|poetry|npx)\b.*\b(?:fmt|format|prettier|fix)(?:[:-]\w+)*\b)",
        ),
        (
            "install",
            r"(?:sudo )?(?:npm (?:i|install|ci|add)|pnpm (?:i|install|add)|yarn(?: (?:add|install))?$|pip\d? install|python\S* -m pip|uv (?:sync|add|pip)|poetry "
            r"(?:install|add)|cargo (?:add|install)|go (?:get|install|mod)|brew install|apt(?:-get)? install|bundle install|gem install|composer "
            r"(?:install|require)|mise install|bun (?:add|install)|dotnet (?:restore|add))\b",
        ),
        (
            "build",
            r"(?:\S+/)?(?:go build|cargo (?:build|check)|make\b|cmake|ninja|mvn|\S*gradlew?|dotnet build|swift build|zig build|docker (?:build|compose)|webpack|vite "
            r"build|esbuild|rollup|hugo|mkdocs|sphinx-build|javac|gcc|clang|rustc|"
            r"(?:npm|pnpm|yarn|bun|mise|task|just|npx|uv|hatch|poetry|nx|turbo|deno)\b.*\b(?:build|compile|bundle|package|generate|codegen)(?:[:-]\w+)*\b)",
        ),
        (
            "files",
            r"(?:sudo )?(?:rm|mv|cp|mkdir|rmdir|chmod|chown|ln|tar|unzip|zip|rsync|sed -i|perl -\w*i|tee|install|truncate|dd)\b",
        ),
    )
)
_ENV = re.compile(
    r"(?:(?:env|sudo|time|nohup|command|exec|stdbuf \S+|timeout(?: -\S+)* \S+)\s+|[A-Za-z_]\w{0,60}=(?:\"[^\"]{0,200}\"|'[^']{0,200}'|[^\s;&|]{0,200})\s+)*"
)
#: What only trims or hides an output, at the end of a command.
_REDIRECT = re.compile(r"(?<!\s)\s*(?:\d?>{1,2}\s*(?:&\d|/dev/null|\S+)|<\s*/dev/null|&>\s*\S+)\s*$")
#: What a person would write anew: the message of a commit, the text of a pull request.
_MESSAGE = re.compile(r"(?<=\S) (?:--body(?:-file)?|-b|--notes|-F|--message|-m)(?: |=)(?=[\"'$]).*", re.DOTALL)
_FILTER = re.compile(r"\s*(?:tail|head|grep|egrep|rg|cat|tee|sed|awk|sort|uniq|wc|less|more|jq|cut|tr|xargs|column)\b")
_QUOTES = "'\"`"
#: What parts of a line stand between: `&&`, `||`, `;` and line ends; and the pipes in a part.
_BETWEEN = re.compile(r"\\.?|['\"`()]|&&|\|\||[;\n]", re.DOTALL)
_PIPES = re.compile(r"\\.?|['\"`()|]", re.DOTALL)
#: More than a person would type, and keep.
_MAX_COMMAND = 200


class Command(NamedTuple):
    """One simple command: as a person would type it, and what it is for: test | lint | format | build | install | commit | push | git | ... | run."""

    text: str
    purpose: str


def commands(line: str) -> list[Command]:
    """The simple commands of a shell line, without what only trims their output. Here-documents and scripts are left out."""
    found: list[Command] = []
    if "<<" in line:
        line = line.split("<<", 1)[0].rsplit("\n", 1)[-1] if line.index("<<") < 400 else ""
    for part in _split(line[:4000]):
        text = part.strip()
        text = text[_ENV.match(text).end() :]  # type: ignore[union-attr]
        text = " ".join(_untrimmed(text).split())
        if text and not text.startswith(("#", "(", "{", "}", ")")):
            found.append(Command(_MESSAGE.sub("", text) or text, purpose(text)))
    return found


def purpose(text: str) -> str:
    """What a simple command is for."""
    return next((name for name, pattern in _PURPOSES if pattern.match(text)), "run")


def moved(command: Command) -> list[tuple[str, str]]:
    """The paths that `rm`, `mv`, `git rm` or `git mv` takes away, each with where it went, empty for nowhere."""
    if "rm" not in command.text and "mv" not in command.text:
        return []
    try:
        words = [word for word in shlex.split(command.text.removeprefix("git ")) if not word.startswith("-")]
    except ValueError:
        return []
    if words[:1] == ["rm"] and "--cached" not in command.text:
        return [(path, "") for path in words[1:]]
    if words[:1] != ["mv"] or len(words) < 3:
        return []
    *paths, to = words[1:]
    into = len(paths) > 1 or to.endswith("/")
    return [(path, posixpath.join(to, posixpath.basename(path)) if into else to) for path in paths]


def typed(command: Command) -> bool:
    """Whether a person would type and keep it: one line, short, with no script inside."""
    return len(command.text) <= _MAX_COMMAND and "\n" not in command.text and command.text.count('"') % 2 == 0


def _untrimmed(text: str) -> str:
    """A command without the filters and redirections at its end."""
    piped = _split(text, ends=_PIPES)
    while len(piped) > 1 and _FILTER.match(piped[-1]):
        piped.pop()
    text = "|".join(piped)
    while (cut := _REDIRECT.search(text)) and cut.start():
        text = text[: cut.start()]
    return text


def _split(line: str, *, ends: re.Pattern[str] = _BETWEEN) -> list[str]:
    """Parts between what `ends` finds outside quotes and parentheses; it finds these, too, and what a backslash stands before."""
    parts, start, quote, depth = [], 0, "", 0
    for found in ends.finditer(line):
        mark = found[0]
        if mark[0] == "\\":
            continue
        if quote:
            quote = "" if mark == quote else quote
        elif mark in _QUOTES:
            quote = mark
        elif mark == "(":
            depth += 1
        elif mark == ")":
            depth = max(0, depth - 1)
        elif not depth:
            parts.append(line[start : found.start()])
            start = found.end()
    parts.append(line[start:])
    return parts
