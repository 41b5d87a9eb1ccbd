"""What a project is, read off its own files: its name, its goal, and the commands that people type in it.

All of it comes from outside and may be damaged or hostile: what cannot be understood gives fewer results, never an
exception. Pure: the same tree gives the same answer on every machine.
"""

import json
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from gitsession.workflow.readme import MAX_NAME, MAX_PROSE, UNSEEN, cut_to_sentence, one_line, read_introduction

MAX_COMMAND = 200  # characters of a command; longer ones nobody types
_MAX_TEXT = 64 * 1024  # characters read of any one file; PyYAML needs about a second for as much
_MAX_ALIASES = 20
_MAX_CI_FILES = 8
_READMES = ("readme.md", "readme.markdown", "readme.rst", "readme.txt", "readme")

_DAMAGED = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError, yaml.YAMLError)
_WORD = re.compile(r"[A-Za-z0-9_][\w.-]*", re.ASCII)  # a name that needs no quoting in a shell


@dataclass(frozen=True, slots=True)
class Discovered:
    """What was found: `goal` is a short line or empty, `commands` are shell lines by kind."""

    name: str
    goal: str
    commands: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Manifest:
    name: object = None
    description: object = None
    commands: dict[str, str] = field(default_factory=dict)


class _Tree:
    """The files, each read to a bound, as text or as a table; an empty one where a file is missing or damaged."""

    def __init__(self, read: Callable[[str], str | None], paths: Sequence[str]) -> None:
        self._read = read
        self.paths = dict.fromkeys(sorted(paths))
        self.top = [path for path in self.paths if "/" not in path]

    def text(self, path: str) -> str:
        text = (self._read(path) if path in self.paths else None) or ""
        text = text[:_MAX_TEXT].removeprefix("\ufeff")
        binary = "\0" in text or text.count("\ufffd") * 20 > len(text)
        return "" if binary else text

    def table(self, path: str) -> dict[str, Any]:
        """A TOML, JSON or YAML file, by its ending."""
        parse = {"toml": tomllib.loads, "json": json.loads}.get(path.rpartition(".")[2], _parse_yaml)
        try:
            return _table(parse(self.text(path)))
        except _DAMAGED:
            return {}


def _parse_yaml(text: str) -> object:
    # Asterisks are counted first: scanning takes as long as loading, and few files have so many.
    if text.count("*") > _MAX_ALIASES:
        aliases = sum(isinstance(token, yaml.AliasToken) for token in yaml.scan(text))
        if aliases > _MAX_ALIASES:
            raise ValueError("too many aliases")
    return yaml.safe_load(text)


def _table(value: object, *keys: str) -> dict[str, Any]:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else [value] if isinstance(value, str) else []


def discover(read: Callable[[str], str | None], paths: Sequence[str], fallback_name: str) -> Discovered:
    """Name, goal and commands of the project whose files, relative to its root, are `paths`.

    `read` gives the text of one of them, None where it cannot be read. Only manifests at the top level count. Raises
    nothing of its own, whatever is in the files.
    """
    tree = _Tree(read, paths)
    endings = Counter(path.rpartition(".")[2].lower() for path in tree.paths)
    sizes = {name: sum(endings[ending] for ending in known.split()) for name, known in _LANGUAGES.items()}
    languages = sorted(sizes, key=lambda language: -sizes[language])
    manifests = {language: _MANIFESTS[language](tree) for language in languages if language in _MANIFESTS}
    readmes = [path for path in tree.top if path.lower() in _READMES]
    readme = min(readmes, key=lambda path: _READMES.index(path.lower()), default="")
    title, paragraph = read_introduction(tree.text(readme), rst=readme.lower().endswith(".rst"))

    names = (*(one_line(manifest.name, MAX_NAME) for manifest in manifests.values()), title, fallback_name)
    goals = (paragraph, *(one_line(manifest.description, MAX_PROSE) for manifest in manifests.values()))
    name, goal = next(filter(None, names), ""), cut_to_sentence(next(filter(None, goals), ""))
    return Discovered(name, goal, _commands(tree, languages, manifests))


# What a target or script of a kind is called, the best first. The kinds stand in the order in which they are shown.
_TARGETS = {
    "test": ("test", "tests", "test-all", "test:all", "test-unit", "test:unit", "unit", "unittest"),
    "run": ("run", "dev", "start", "serve", "server", "develop"),
    "build": ("build", "compile"),
    "lint": ("lint", "lint-all", "lint:all", "linter", "eslint", "clippy"),
    "types": ("typecheck", "type-check", "check-types", "types", "typing", "mypy", "tsc"),
    "format": ("format", "fmt", "reformat", "prettier"),
    "demo": ("demo", "example"),
}
_PYTEST = {"test": "python -m pytest"}
_LANGUAGES = {  # endings of their files: the language with most files is asked first
    "python": "py pyi ipynb",
    "node": "js mjs cjs jsx ts mts cts tsx vue svelte",
    "rust": "rs",
    "go": "go",
    "ruby": "rb erb rake",
    "php": "php",
    "elixir": "ex exs",
    "jvm": "java kt kts scala groovy",
    "native": "c cc cpp cxx h hh hpp",
}
# Language, files, a text that must be in one of them, and what that tells. Earlier lines win.
_MARKS = (
    ("python", "pytest.ini .pytest.ini conftest.py tests/conftest.py", "", _PYTEST),
    ("python", "setup.cfg", "[tool:pytest]", _PYTEST),
    ("python", "tox.ini", "[pytest]", _PYTEST),
    ("python", "tox.ini", "", {"test": "tox"}),
    ("python", "pyproject.toml", "[tool.tox]", {"test": "tox"}),
    ("python", "noxfile.py", "", {"test": "nox"}),
    ("python", "manage.py", "django", {"test": "python manage.py test", "run": "python manage.py runserver"}),
    ("python", "main.py", "", {"run": "python main.py"}),
    ("python", "ruff.toml .ruff.toml", "", {"lint": "ruff check ."}),
    ("python", ".flake8", "", {"lint": "flake8"}),
    ("python", "setup.cfg tox.ini", "[flake8]", {"lint": "flake8"}),
    ("python", "mypy.ini .mypy.ini", "files", {"types": "mypy"}),
    ("python", "mypy.ini .mypy.ini", "", {"types": "mypy ."}),
    ("rust", "clippy.toml", "", {"lint": "cargo clippy"}),
    ("rust", "rustfmt.toml .rustfmt.toml", "", {"format": "cargo fmt"}),
    ("go", ".golangci.yml .golangci.yaml", "", {"lint": "golangci-lint run"}),
    ("ruby", ".rspec", "", {"test": "bundle exec rspec"}),
    ("ruby", "bin/rails", "", {"test": "bin/rails test", "run": "bin/rails server"}),
    ("ruby", "Rakefile", "TestTask", {"test": "bundle exec rake test"}),
    ("ruby", "Rakefile", "RSpec", {"test": "bundle exec rake spec"}),
    ("ruby", ".rubocop.yml", "", {"lint": "bundle exec rubocop"}),
    ("php", "artisan", "", {"test": "php artisan test", "run": "php artisan serve"}),
    ("php", "phpunit.xml phpunit.xml.dist", "", {"test": "vendor/bin/phpunit"}),
    ("elixir", "mix.exs", ":phoenix,", {"run": "mix phx.server"}),
    ("elixir", "mix.exs", "", {"test": "mix test"}),
    ("elixir", ".formatter.exs", "", {"format": "mix format"}),
    ("jvm", "gradlew", "", {"test": "./gradlew test", "build": "./gradlew build"}),
    ("jvm", "mvnw", "", {"test": "./mvnw test", "build": "./mvnw package"}),
    ("jvm", "build.gradle build.gradle.kts", "", {"test": "gradle test", "build": "gradle build"}),
    ("jvm", "pom.xml", "", {"test": "mvn test", "build": "mvn package"}),
    ("native", "CMakeLists.txt", "enable_testing", {"test": "ctest --test-dir build"}),
    ("native", "CMakeLists.txt", "CTest", {"test": "ctest --test-dir build"}),
    ("native", "CMakeLists.txt", "", {"build": "cmake -B build && cmake --build build"}),
)


def _commands(tree: _Tree, languages: Sequence[str], manifests: Mapping[str, _Manifest]) -> dict[str, str]:
    found: dict[str, str] = {}
    for commands in _offers(tree, languages, manifests):
        for kind, command in commands.items():
            if _is_typed(command):
                found.setdefault(kind, command)
    for line in _ci_lines(tree):
        if found.keys() >= _CI.keys():  # no need to read the other files
            break
        for kind, pattern in _CI.items():
            if pattern.match(line):
                found.setdefault(kind, line)
    return {kind: found[kind] for kind in _TARGETS if kind in found}


def _is_typed(command: str) -> bool:
    return len(command) <= MAX_COMMAND and not UNSEEN.search(command)


def _offers(tree: _Tree, languages: Sequence[str], manifests: Mapping[str, _Manifest]) -> Iterator[dict[str, str]]:
    """First what the project wraps itself, then what its manifests and its other files tell."""
    runners = tuple(_runners(tree))
    for runner, names in runners:
        yield _named(names, f"{runner} {{}}")
    for language in languages:
        if language in manifests:
            yield manifests[language].commands
        for owner, files, needle, commands in _MARKS:
            present = (file for file in files.split() if file in tree.paths) if owner == language else ()
            yield from (commands for file in present if needle in tree.text(file))
    for runner, names in runners:  # `check` is "test" by the GNU conventions, much else elsewhere: so it comes late
        if "check" in names:
            yield {"test": f"{runner} check"}
    if ".pre-commit-config.yaml" in tree.paths:
        yield {"lint": "pre-commit run --all-files"}


def _named(names: Iterable[str], form: str) -> dict[str, str]:
    have = set(names)
    best = {kind: next((name for name in wanted if name in have), None) for kind, wanted in _TARGETS.items()}
    return {kind: form.format(name) for kind, name in best.items() if name}


def _runners(tree: _Tree) -> Iterator[tuple[str, set[str]]]:
    """Each program that runs targets of the project's own, with their names."""
    for file in ("GNUmakefile", "makefile", "Makefile"):
        if file in tree.paths:
            yield "make", set(_make_targets(tree.text(file)))
            break
    for file in tree.top:
        if file.lower() in ("justfile", ".justfile"):
            yield "just", set(_just_recipes(tree.text(file)))
        if re.fullmatch(r"[Tt]askfile(\.dist)?\.ya?ml", file):
            tasks = _table(tree.table(file), "tasks").items()
            yield "task", {str(name) for name, task in tasks if not {"internal", "requires"} & _table(task).keys()}


def _make_targets(text: str) -> Iterator[str]:
    in_define = False
    for line in text.splitlines():
        in_define = line.startswith("define ") or (in_define and not line.startswith("endef"))
        rule = re.match(r"([^\s:#=$%][^:#=$%]*):(?!:?:?=)", line)
        if rule and not in_define:
            yield from rule[1].split()


def _just_recipes(text: str) -> Iterator[str]:
    for line in text.splitlines():
        recipe = re.match(r"@?([A-Za-z][\w-]*)((?:[ \t]+[^:\s]+)*)[ \t]*:(?!=)", line)
        if recipe and all(parameter.startswith("*") or "=" in parameter for parameter in recipe[2].split()):
            yield recipe[1]


def _python(tree: _Tree) -> _Manifest:
    data = tree.table("pyproject.toml")
    project, tool = _table(data, "project"), _table(data, "tool")
    poetry = _table(tool, "poetry")
    name = project.get("name") or poetry.get("name")
    found: dict[str, str] = {}
    for runner, tasks in (("poe", _table(tool, "poe", "tasks")), ("pdm run", _table(tool, "pdm", "scripts"))):
        found = _named(tasks, f"{runner} {{}}") | found
    envs = _table(tool, "hatch", "envs")
    for env in sorted(filter(_WORD.fullmatch, envs), key=lambda env: (env != "default", env)):
        prefix = "" if env == "default" else f"{env}:"
        found = _named(_table(envs, env, "scripts"), f"hatch run {prefix}{{}}") | found

    needs = _python_needs(tree, data)
    if "pytest" in tool or "pytest" in needs:
        found.setdefault("test", _PYTEST["test"])
    for linter, command in (("ruff", "ruff check ."), ("flake8", "flake8")):
        if linter in tool or linter in needs:
            found.setdefault("lint", command)
    if "format" in _table(tool, "ruff"):
        found.setdefault("format", "ruff format .")
    if "black" in tool or ("black" in needs and "ruff" not in needs):
        found.setdefault("format", "black .")
    if "mypy" in tool:
        targeted = {"files", "packages", "modules"} & _table(tool, "mypy").keys()
        found.setdefault("types", "mypy" if targeted else "mypy .")
    if run := _python_run(tree, name, _table(project, "scripts") or _table(poetry, "scripts")):
        found.setdefault("run", run)
    return _Manifest(name, project.get("description") or poetry.get("description"), found)


def _python_needs(tree: _Tree, data: dict[str, Any]) -> set[str]:
    """Names of the packages that the project asks for, in any of the ways to do so."""
    tool = _table(data, "tool")
    poetry = _table(tool, "poetry")
    groups = [*_table(data, "project", "optional-dependencies").values(), *_table(data, "dependency-groups").values(),
              *_table(tool, "pdm", "dev-dependencies").values(), _table(tool, "uv").get("dev-dependencies"),
              _table(data, "project").get("dependencies")]  # fmt: skip
    groups += [list(_table(poetry, key)) for key in ("dependencies", "dev-dependencies")]
    groups += [list(_table(group, "dependencies")) for group in _table(poetry, "group").values()]
    groups += [tree.text(file).splitlines() for file in tree.top if "requirements" in file and file.endswith(".txt")]
    needs = (_WORD.match(need) for group in groups for need in _list(group) if isinstance(need, str))
    return {need[0].lower() for need in needs if need}


def _python_run(tree: _Tree, name: object, scripts: dict[str, Any]) -> str | None:
    wanted = {script for script in scripts if script == name or len(scripts) == 1}
    locks = {"uv.lock": "uv run ", "poetry.lock": "poetry run ", "pdm.lock": "pdm run "}
    prefix = next((prefix for lock, prefix in locks.items() if lock in tree.paths), "")
    mains = [re.fullmatch(r"(?:src/)?(\w+)/__main__\.py", path) for path in tree.paths]
    packages = [main[1] for main in mains if main and main[1] not in ("test", "tests")]
    if wanted and _WORD.fullmatch(script := wanted.pop()):
        return prefix + script
    return f"{prefix}python -m {packages[0]}" if len(packages) == 1 else None


def _node(tree: _Tree) -> _Manifest:
    data = tree.table("package.json")
    scripts = {name for name, body in _table(data, "scripts").items() if body and "no test specified" not in str(body)}
    locks = {"pnpm-lock.yaml": "pnpm", "yarn.lock": "yarn", "bun.lock": "bun", "bun.lockb": "bun"}
    said = str(data.get("packageManager")).partition("@")[0]
    locked = next((locks[lock] for lock in locks if lock in tree.paths), "npm")
    runner = said if said in ("npm", *locks.values()) else locked
    commands = _named(scripts, "yarn {}" if runner == "yarn" else f"{runner} run {{}}")
    if runner in ("npm", "pnpm"):
        commands = {kind: re.sub(r" run (test|start)$", r" \1", command) for kind, command in commands.items()}
    return _Manifest(data.get("name"), data.get("description"), commands)


def _rust(tree: _Tree) -> _Manifest:
    data = tree.table("Cargo.toml")
    package, whole = _table(data, "package"), " --workspace" if "workspace" in data else ""
    if not package and not whole:
        return _Manifest()
    commands = {"test": f"cargo test{whole}", "build": f"cargo build{whole}"}
    bins = data.get("bin")
    one = len(bins) == 1 if isinstance(bins, list) else "src/main.rs" in tree.paths
    if one or "default-run" in package:
        commands["run"] = "cargo run"
    if _table(data, "lints", "clippy") or _table(data, "workspace", "lints", "clippy"):
        commands["lint"] = f"cargo clippy{whole}"
    return _Manifest(package.get("name"), package.get("description"), commands)


def _go(tree: _Tree) -> _Manifest:
    module = re.search(r"^module\s+\"?([^\s\"]+)", tree.text("go.mod"), re.MULTILINE)
    if not module:
        return _Manifest()
    path = re.sub(r"[/.]v\d+$", "", module[1])
    commands = {"test": "go test ./...", "build": "go build ./..."}
    mains = [main[1] for file in tree.paths if (main := re.fullmatch(r"cmd/([\w.-]+)/main\.go", file))]
    if "main.go" in tree.paths or len(mains) == 1:
        commands["run"] = "go run ." if "main.go" in tree.paths else f"go run ./cmd/{mains[0]}"
    return _Manifest(path.rpartition("/")[2], None, commands)


def _php(tree: _Tree) -> _Manifest:
    data = tree.table("composer.json")
    return _Manifest(data.get("name"), data.get("description"), _named(_table(data, "scripts"), "composer run {}"))


_MANIFESTS = {"python": _python, "node": _node, "rust": _rust, "go": _go, "php": _php}

_WRAPPED = r"(?:(?:uv|poetry|pdm|pipenv|rye|hatch) run |bundle exec |npx |python3? -m )*(?:"
_TOOL = (
    r"(?:make|just|task|cargo|go|npm|pnpm|yarn|bun|deno|mix|rake|composer|dotnet|swift|stack|cabal|bazel|dart|flutter|meson"
    r"|hatch|mvn|gradle|\./mvnw|\./gradlew|zig build)(?: run)? (?:-\S+ )*"
)
_CI = {
    kind: re.compile(rf"{_WRAPPED}{programs}|{_TOOL}{verbs})(?![\w:-])")
    for kind, programs, verbs in (
        ("test", r"pytest|tox|nox|unittest|rspec|(?:vendor/bin/)?phpunit|ctest|(?:make|\./gradlew) check", "test"),
        ("build", r"cmake --build|ninja", "(?:build|package|assemble)"),
        ("lint", r"ruff check|flake8|pylint|eslint|rubocop|golangci-lint run|cargo clippy|pre-commit run", "lint"),
    )
}


def _ci_lines(tree: _Tree) -> Iterator[str]:
    """The lines of the project's CI that are one plain command each, run at the top of the tree."""
    for script in _ci_scripts(tree):
        lines = [line.strip() for line in script.splitlines()] if isinstance(script, str) else []
        if not any(line.startswith("cd ") for line in lines):
            yield from (line for line in lines if _is_typed(line) and not re.search(r"[$`|;&<>\\#]", line))


def _ci_scripts(tree: _Tree) -> Iterator[object]:
    workflows = [path for path in tree.paths if re.fullmatch(r"\.github/workflows/[^/]+\.ya?ml", path)]
    workflows.sort(key=lambda path: (not re.search(r"\b(ci|tests?|checks?|main|build)\b", path), path))
    for path in workflows[:_MAX_CI_FILES]:
        for job in _table(tree.table(path), "jobs").values():
            if not _table(job, "defaults"):
                steps = (_table(step) for step in _list(_table(job).get("steps")))
                yield from (step.get("run") for step in steps if "working-directory" not in step)
    for job in tree.table(".gitlab-ci.yml").values():
        yield from _list(_table(job).get("script"))
