"""What `discover` makes of projects as they are found, and of files that are damaged or mean harm."""

import json
import random
import time
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitsession.workflow.discover import MAX_COMMAND, Discovered, discover
from gitsession.workflow.readme import MAX_GOAL


def look(files: Mapping[str, str | None], fallback_name: str = "folder") -> Discovered:
    return discover(files.get, list(files), fallback_name)


def goal_of(readme: str, name: str = "README.md", **files: str) -> str:
    return look({name: readme, **files}).goal


# Projects as they are found.


def test_a_python_package() -> None:
    found = look({
        "pyproject.toml": """
[project]
name = "feedpost"
description = "Feeds by mail"
dependencies = ["feedparser>=6"]
[project.scripts]
feedpost = "feedpost.cli:main"
feedpost-admin = "feedpost.cli:admin"
[dependency-groups]
tests = ["pytest>=8", {include-group = "lint"}]
[tool.ruff.format]
quote-style = "single"
[tool.mypy]
files = ["src"]
""",
        "README.md": """---
layout: page
---
<p align="center"><img src="logo.svg"></p>

# feedpost

[![Build](https://ci.example/badge.svg)](https://ci.example)
[![PyPI](https://pypi.example/badge.svg)][pypi]

> **Warning**
> Not stable yet.

[Docs](https://d.example) | [Chat](https://c.example)

A *daily* e-mail **digest** of [RSS][rss] and
[Atom](https://atom.example/a_(b)) feeds, from `one_small_package`.

[rss]: https://rss.example
## Install
Run the installer with the usual options.
""",
        "src/feedpost/__init__.py": "",
        "uv.lock": "",
    })  # fmt: skip
    assert found == Discovered(
        name="feedpost",
        goal="A daily e-mail digest of RSS and Atom feeds, from `one_small_package`.",
        commands={
            "test": "python -m pytest",
            "run": "uv run feedpost",
            "lint": "ruff check .",
            "types": "mypy",
            "format": "ruff format .",
        },
    )
    assert list(found.commands) == ["test", "run", "lint", "types", "format"]


def test_a_makefile_beats_what_it_wraps() -> None:
    found = look({
        "Makefile": """
PYTEST := python -m pytest
.PHONY: test lint
define HELP
demo: not a target
endef
test lint: .venv
\tpytest
build = no target either
run::
\tpython -m app
""",
        "pyproject.toml": "[project]\nname='app'\n[tool.pytest.ini_options]\n[tool.ruff]\n[tool.black]\n",
        "package.json": '{"scripts": {"build": "vite build", "test": "vitest"}}',
    })  # fmt: skip
    assert found.commands == {
        "test": "make test",
        "run": "make run",
        "build": "npm run build",
        "lint": "make lint",
        "format": "black .",
    }


@pytest.mark.parametrize(
    ("extra", "expected"),
    [
        ({}, ["npm test", "npm run dev", "npm run build", "npm run type-check"]),
        ({"pnpm-lock.yaml": ""}, ["pnpm test", "pnpm run dev", "pnpm run build", "pnpm run type-check"]),
        ({"yarn.lock": ""}, ["yarn test", "yarn dev", "yarn build", "yarn type-check"]),
        ({"bun.lockb": None}, ["bun run test", "bun run dev", "bun run build", "bun run type-check"]),
    ],
)
def test_a_node_project_by_its_lock_file(extra: dict[str, str | None], expected: list[str]) -> None:
    scripts = {"start": "node .", "dev": "vite", "build": "vite build", "test": "vitest", "type-check": "tsc"}
    package = {"name": "@acme/board", "description": "Boards.", "scripts": scripts}
    found = look({"package.json": json.dumps(package), "src/main.ts": "", **extra})
    assert (found.name, found.goal) == ("@acme/board", "Boards.")
    assert list(found.commands.values()) == expected


def test_the_package_manager_that_package_json_names_and_the_test_script_that_is_none() -> None:
    scripts = {"test": 'echo "Error: no test specified" && exit 1', "start": "x"}
    package = {"packageManager": "pnpm@9.1.0", "scripts": scripts}
    assert look({"package.json": json.dumps(package), "yarn.lock": ""}).commands == {"run": "pnpm start"}


def test_a_rust_workspace_with_a_library_and_a_justfile() -> None:
    found = look({
        "Cargo.toml": "[package]\nname = 'seek'\ndescription = 'A.'\n[workspace]\n[[bin]]\nname='sk'\npath='x.rs'\n",
        "justfile": "set shell := ['sh']\nalias demo := test\nbuild target:\n  x\ntest *args:\n  nextest\nlint:\n",
        "rustfmt.toml": "",
        "README.md": "seek (sk)\n---------\nseek searches\ndirectories.\n\nDual-licensed under MIT.\n",
    })  # fmt: skip
    assert found == Discovered(
        "seek",
        "seek searches directories.",
        {
            "test": "just test",
            "run": "cargo run",
            "build": "cargo build --workspace",
            "lint": "just lint",
            "format": "cargo fmt",
        },
    )


def test_a_go_module_with_one_command() -> None:
    module = "module git.example/team/relay/v3\n\ngo 1.22\n"
    found = look({"go.mod": module, "cmd/relay/main.go": "", ".golangci.yml": ""})
    assert found == Discovered(
        "relay",
        "",
        {"test": "go test ./...", "run": "go run ./cmd/relay", "build": "go build ./...", "lint": "golangci-lint run"},
    )


def test_a_django_site_with_scripts_for_its_frontend() -> None:
    found = look({
        "package.json": '{"name": "frontend-tools", "scripts": {"test": "grunt", "build": "grunt build"}}',
        "manage.py": "import django\n",
        "shop/models.py": "",
        "shop/views.py": "",
        "setup.cfg": "[metadata]\nname=shop\n[flake8]\n",
        "README.rst": """
====
Shop
====

.. image:: https://ci.example/badge.svg
   :target: https://ci.example

:Author: Ada

|build| |docs|

A *small* shop for ``one`` seller, see `the docs <https://d.example>`_.

Install
-------
Type this.
""",
    })  # fmt: skip
    assert found.goal == "A small shop for `one` seller, see the docs."
    assert found.commands == {
        "test": "python manage.py test",
        "run": "python manage.py runserver",
        "build": "npm run build",
        "lint": "flake8",
    }


@pytest.mark.parametrize(
    ("files", "commands"),
    [
        ({"tox.ini": "[tox]\n"}, {"test": "tox"}),
        ({"tox.ini": "[tox]\n[pytest]\n"}, {"test": "python -m pytest"}),
        ({"noxfile.py": ""}, {"test": "nox"}),
        ({"tests/conftest.py": ""}, {"test": "python -m pytest"}),
        ({"requirements-dev.txt": "# tools\nPytest==8\nblack\n"}, {"test": "python -m pytest", "format": "black ."}),
        ({"pyproject.toml": "[tool.poetry.group.dev.dependencies]\npytest = '^8'\n"}, {"test": "python -m pytest"}),
        ({"pyproject.toml": "[tool.hatch.envs.qa.scripts]\nlint = 'x'\n[tool.pytest]\n"},
         {"test": "python -m pytest", "lint": "hatch run qa:lint"}),
        ({"pyproject.toml": "[tool.pdm.scripts]\ntest = 'x'\n[tool.pytest]\n"}, {"test": "pdm run test"}),
        ({"src/app/__main__.py": "", "tests/__main__.py": ""}, {"run": "python -m app"}),
        ({"Taskfile.yml": "version: '3'\ntasks:\n  test: go test\n  build: {internal: true}\n"}, {"test": "task test"}),
        ({"Makefile": "check: all\n\tcc\n"}, {"test": "make check"}),
        ({"Makefile": "check:\n", "Cargo.toml": "[package]\nname='a'"}, {"test": "cargo test", "build": "cargo build"}),
        ({"mix.exs": "{:phoenix, '~> 1'}"}, {"test": "mix test", "run": "mix phx.server"}),
        ({"composer.json": '{"scripts": {"test": ["a", "b"]}}', "phpunit.xml": ""}, {"test": "composer run test"}),
        ({"Rakefile": "Rake::TestTask.new"}, {"test": "bundle exec rake test"}),
        ({"mvnw": "", "pom.xml": ""}, {"test": "./mvnw test", "build": "./mvnw package"}),
        ({"build.gradle.kts": "", "gradlew": ""}, {"test": "./gradlew test", "build": "./gradlew build"}),
        ({"CMakeLists.txt": "enable_testing()"},
         {"test": "ctest --test-dir build", "build": "cmake -B build && cmake --build build"}),
        ({"web/package.json": '{"scripts": {"test": "x"}}', "lib/Makefile": "test:\n"}, {}),
    ],
)  # fmt: skip
def test_one_sign_of_each_kind(files: dict[str, str | None], commands: dict[str, str]) -> None:
    assert look(files).commands == commands


def test_ci_tells_what_nothing_else_does() -> None:
    workflow = """
on: push
jobs:
  docs:
    steps:
      - run: npm test
        working-directory: docs
      - run: |
          cd web
          npm run build
  test:
    steps:
      - uses: actions/checkout@v4
      - run: |
          pip install pytest
          python -m unittest -v $EXTRA
          python -m unittest discover -s tests
      - run: flake8 src
"""
    gitlab = "unit:\n  script:\n    - make test\n    - make build\n"
    files = {".github/workflows/ci.yml": workflow, ".gitlab-ci.yml": gitlab}
    assert look(files).commands == {
        "test": "python -m unittest discover -s tests",
        "build": "make build",
        "lint": "flake8 src",
    }
    assert look({**files, "Makefile": "test:\nlint:\n"}).commands == {
        "test": "make test",
        "build": "make build",
        "lint": "make lint",
    }


# Names.


def test_name_from_the_heading_or_the_folder() -> None:
    assert look({"README.md": "# The `best` [tool](https://t.example)\n"}).name == "The `best` tool"
    assert look({"README.md": '<h1 align="center">Shelf</h1>\n\n## Install\n'}).name == "Shelf"
    assert look({"README.md": "## Install\n\ntext\n"}).name == "folder"
    assert look({"package.json": '{"name": 7}', "README.md": "# Real\n"}).name == "Real"
    assert look({"package.json": '{"name": "\\u200b \\u200b"}'}).name == "folder"
    assert look({}).name == "folder"


# The README.


@pytest.mark.parametrize(
    ("readme", "goal"),
    [
        ("# T\n\nIt's an *un*usual tool\nfor __every day__, see <https://x.example>.\n",
         "It's an unusual tool for every day, see https://x.example."),
        ("# T\n\n<!-- hidden\n\ntext -->\nReads `__init__` of snake_case_name files.\n",
         "Reads `__init__` of snake_case_name files."),
        ("# T\n\n## Contents\n\n- [a](#a)\n\n## Overview\n\nServes maps &amp; tiles.\n", "Serves maps & tiles."),
        ("# T\n\n- first point\n  goes on\n\n1. second\n\n| a | b |\n|---|---|\n\nServes maps and tiles.\n",
         "Serves maps and tiles."),
        ("# T\n\n```\nthis is code\n```\n    and this\n\nServes maps and tiles.\n", "Serves maps and tiles."),
        ("# T\n\n<details>\n<summary>More</summary>\n\nThis is folded away.\n\n</details>\n\nServes maps and tiles.\n",
         "Serves maps and tiles."),
        ("# T\n\nEnglish | [中文](zh.md) | Deutsch\n\nServes maps and tiles.\n", "Serves maps and tiles."),
        ("# T\n\nNote: this moved elsewhere.\n\nServes maps and tiles.\n", "Serves maps and tiles."),
        ("# T\n\n**Docs**: <a href='https://d.example'>https://d.example</a>\n\nServes maps and tiles.\n",
         "Serves maps and tiles."),
        ("# T\n\nT is a map server. It can:\n\n- zoom\n", "T is a map server."),
        ("# T\n\nT is a server for maps that can:\n\n- zoom\n", "T is a server for maps that can."),
        ("# T\n\nInstall it with:\n\n    x\n\nThen restart the server.\n", ""),
        ("# T\n\n## Installation\n\nType the usual command.\n", ""),
        ("# T\r\n\r\nServes maps\r\nand tiles.\r\n", "Serves maps and tiles."),
        ("\ufeff# T\n\nServes\u202e maps\x1b[31m and\x07 tiles.\n", "Serves maps[31m and tiles."),
        ("# T\n\n一个快速的网络框架\n", "一个快速的网络框架"),
    ],
)  # fmt: skip
def test_the_first_real_paragraph(readme: str, goal: str) -> None:
    assert goal_of(readme) == goal


def test_the_readme_in_any_case_markdown_first_and_only_at_the_top() -> None:
    markdown, plain = "# T\n\nServes maps and tiles.\n", "Tiles\n\nAnother text that is plain.\n"
    assert look({"readme.TXT": plain, "Readme.md": markdown}).goal == "Serves maps and tiles."
    assert goal_of(plain, "README") == "Another text that is plain."
    assert goal_of(markdown, "docs/README.md") == ""


def test_without_a_paragraph_the_description_of_the_main_language_counts() -> None:
    files = {
        "README.md": "# T\n\n[![x](y)](z)\n",
        "package.json": '{"description": "The page."}',
        "Cargo.toml": "[package]\nname = 't'\ndescription = '''The\nserver.'''\n",
    }
    assert look({**files, "src/lib.rs": ""}).goal == "The server."
    assert look({**files, "src/a.ts": ""}).goal == "The page."


def test_a_long_paragraph_ends_with_a_sentence_or_a_word() -> None:
    sentence = "It reads files, e.g. those of `v1.2`, and writes them. "
    assert goal_of(f"# T\n\n{sentence * 20}\n") == (sentence * 5).strip()
    cut = goal_of("# T\n\n" + "word " * 200)
    assert len(cut) <= MAX_GOAL
    assert cut.endswith("word…")
    assert goal_of("# T\n\n" + "x" * 5000).count("x") == MAX_GOAL - 1
    assert goal_of("# T\n\n" + "`a. " + "b " * 300 + "`").count("`") == 0


# What is damaged or means harm.


def test_damaged_manifests_hide_nothing_else() -> None:
    levels = (f"l{i}: &l{i} [{', '.join([f'*l{i - 1}'] * 9)}]\n" for i in range(1, 10))
    bomb = "l0: &l0 [x]\n" + "".join(levels)
    found = look({
        "pyproject.toml": "[project\nname=",
        "package.json": '{"scripts": ["test"], "name": {"a": 1}, "description": "\\ud800"}',
        "Cargo.toml": "workspace = 3\npackage = []\nbin = 'x'",
        "composer.json": "[" * 60_000,
        "Taskfile.yml": bomb + "tasks: {test: x}\n",
        ".gitlab-ci.yml": "a: !!python/object/apply:os.getcwd []\n",
        ".github/workflows/a.yml": "jobs: {t: {steps: {run: tox}}, u: {steps: [7, null, {run: 3}]}, v: [x]}",
        ".github/workflows/b.yml": "jobs: {t: {steps: [{run: tox}]}}\nwhen: 2024-99-99\n",
        "README.md": "\x89PNG\0\0\0 This is a picture, no text.",
        "go.mod": None,
    })  # fmt: skip
    assert (found.name, found.goal) == ("folder", "")
    assert found.commands["test"] == "cargo test --workspace"
    del found.commands["test"], found.commands["build"]
    assert found.commands == {}


def test_few_aliases_are_fine_and_asterisks_are_no_aliases() -> None:
    globs = "".join(f"    - 'src/{i}/**'\n" for i in range(30))
    text = f"x: &x {{run: tox}}\non:\n  push:\n{globs}jobs: {{t: {{steps: [*x]}}}}\n"
    assert look({".github/workflows/ci.yml": text}).commands == {"test": "tox"}


@pytest.mark.parametrize(
    "line",
    ["tox \x1b]0", "tox " + "x" * MAX_COMMAND, "tox; rm x", "tox `id`", "tox $(id)", "tox > x", "tox-x", "tox \u202ex"],
)
def test_a_command_that_nobody_types_is_passed_over(line: str) -> None:
    workflow = json.dumps({"jobs": {"t": {"steps": [{"run": line}, {"run": "pytest -x"}]}}})
    assert look({".github/workflows/ci.yml": workflow}).commands == {"test": "pytest -x"}


def test_a_script_name_cannot_bring_its_own_shell() -> None:
    scripts = '[project]\nname = "a; id"\n[project.scripts]\n"a; id" = "a:b"\n'
    envs = '[tool.hatch.envs."x; id".scripts]\ntest = "t"\n'
    assert look({"pyproject.toml": scripts + envs}).commands == {}


_SEEDS = [
    *"[]()<>!`*_~#-=:| a{.\"\\\n\t\0\ud800\u2028",
    "<a ", "<!--", "&a ", "*a ", "- ", "? ", "jobs:", "![a](", "[a](", "`a <", "define ", "'''", "a.", "a = 1\n", "_a",
]  # fmt: skip
_FILES = [
    "README.md", "readme.rst", "pyproject.toml", "package.json", "Cargo.toml", "Makefile", "justfile", "Taskfile.yml",
    "go.mod", "tox.ini", ".gitlab-ci.yml", ".github/workflows/ci.yml", "composer.json",
]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(st.sampled_from(_FILES), st.lists(st.sampled_from(_SEEDS)).map("".join) | st.text()),
    st.randoms(use_true_random=False),
)
def test_any_text_gives_a_clean_answer_in_any_order_of_paths(files: dict[str, str], rng: random.Random) -> None:
    found = look(files)
    paths = list(files)
    rng.shuffle(paths)
    assert discover(files.get, paths, "folder") == found
    assert len(found.goal) <= MAX_GOAL
    for text in (found.name, found.goal, *found.commands.values()):
        assert "\n" not in text
        text.encode()


@pytest.mark.parametrize("seed", _SEEDS)
def test_a_huge_file_of_anything_takes_no_long_time(seed: str) -> None:
    text = seed * (200_000 // len(seed))
    started = time.perf_counter()
    look(dict.fromkeys([name for name in _FILES if not name.endswith(".yml")], text))
    look({"README.md": f"# T\n\nx{text}\n"})
    look({".gitlab-ci.yml": text})
    assert time.perf_counter() - started < 10, "a blow-up: it takes under a second otherwise"
