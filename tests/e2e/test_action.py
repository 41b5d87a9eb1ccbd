"""The GitHub Action: its steps, run as GitHub would run them, in a clone of a repository on this disk."""

import re
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
STEPS = {step["name"]: step for step in ACTION["runs"]["steps"]}
BOT = "github-actions[bot] <41898282+github-actions[bot]@users.noreply.github.com>"


class Runner:
    """A job on GitHub: a clone of `hub` without hooks, drivers or an identity, at the tip of `main`."""

    def __init__(self, hub, folder: Path, project, *options: str) -> None:
        self.temp = folder / "temp"
        (self.temp / "gitsession").mkdir(parents=True)
        (self.temp / "gitsession" / "bin").symlink_to(Path(sys.executable).parent)
        self.clone = type(project)(folder / "clone")
        project.git("clone", "-q", *options, f"file://{hub}", str(self.clone.root))

    def step(self, name: str, check: bool = True, **env: str):
        env = {"GITHUB_ACTIONS": "true", "GITHUB_REF": "refs/heads/main", "RUNNER_TEMP": str(self.temp), "STRICT": "false",
               "GITHUB_STEP_SUMMARY": str(self.temp / "summary"), "GIT_AUTHOR_NAME": "", "GIT_COMMITTER_NAME": "", **env}  # fmt: skip
        # As `shell: bash` does. Whatever identity git needs, the step brings.
        unset = "unset GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL\n"
        argv = ("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", unset + STEPS[name]["run"])
        return self.clone.run(*argv, check=check, **env)


@pytest.fixture
def hub(tmp_path: Path, project) -> Path:
    """The repository on the server, `master: ci`, with a branch that was merged on the web: no hook of ours ran."""
    project.write(".sessions/project.yml", project.read(".sessions/project.yml") + "master: ci\n")
    project.commit("Let CI write the handoff", "-a", **{"a.txt": "a\n"})
    project.git("switch", "-q", "-c", "login")
    project.gs("decide", "Use argon2id")
    project.commit("Add login", **{"login.py": "pass\n"})
    bare = tmp_path / "hub.git"
    project.git("clone", "-q", "--bare", ".", str(bare))
    project.git("remote", "add", "origin", str(bare))
    web = tmp_path / "web"
    project.git("clone", "-q", "-b", "main", str(bare), str(web))
    project.git("merge", "-q", "--no-ff", "-m", "Merge pull request", "origin/login", cwd=web)
    project.git("push", "-q", "origin", "main", cwd=web)
    project.git("--git-dir", str(bare), "symbolic-ref", "HEAD", "refs/heads/main")
    return bare


@pytest.fixture
def job(hub: Path, tmp_path: Path, project) -> Runner:
    return Runner(hub, tmp_path / "job", project)


def log(hub: Path, project, form: str, *args: str) -> list[str]:
    return project.git("--git-dir", str(hub), "log", f"--format={form}", *args, "main").stdout.split("\n")


def test_its_inputs_and_steps_fit_together() -> None:
    used = set(re.findall(r"inputs\.([\w-]+)", (ROOT / "action.yml").read_text()))
    assert used == ACTION["inputs"].keys()
    ids = {step["id"] for step in STEPS.values() if "id" in step}
    assert set(re.findall(r"steps\.(\w+)\.", (ROOT / "action.yml").read_text())) <= ids
    assert ACTION["runs"]["using"] == "composite"
    for step in STEPS.values():
        assert ("uses" in step) != (step.get("shell") == "bash" and "run" in step)
        # What is not ours (a branch's name, an input) comes by the environment: in a script it would be run.
        assert "${{" not in step.get("run", "")
    documented = (ROOT / "docs" / "check.md").read_text()
    assert all(f"| `{name}` | `{value['default']}` |" in documented for name, value in ACTION["inputs"].items())


def test_the_handoff_is_refreshed_after_a_web_merge_and_once(hub: Path, job: Runner, project) -> None:
    assert "argon2id" not in job.clone.page
    checked = job.step("Check", STRICT="true")
    assert "::notice file=.sessions/HANDOFF.md,title=gitsession page-behind::is behind" in checked.stdout
    job.step("Refresh the handoff")
    assert log(hub, project, "%s|%an <%ae>|%cn <%ce>", "-1")[0] == f"Refresh .sessions/HANDOFF.md|{BOT}|{BOT}"
    changed = log(hub, project, "", "-1", "--name-status")
    assert [re.sub(r"-\w{4}\.md", "-RAND.md", line) for line in changed if line] == [
        "M\t.sessions/HANDOFF.md", "D\t.sessions/handoffs/0001-login-RAND.md"]  # fmt: skip
    assert "argon2id" in project.git("--git-dir", str(hub), "show", "main:.sessions/HANDOFF.md").stdout
    tip = log(hub, project, "%H", "-1")
    job.step("Refresh the handoff")
    assert log(hub, project, "%H", "-1") == tip
    assert job.clone.status() == ""
    assert job.clone.json("handoff", "--check")[0]["status"] == "current"


def test_a_push_in_between_is_taken_in(hub: Path, job: Runner, project, tmp_path: Path) -> None:
    project.git("switch", "-q", "main")
    project.git("pull", "-q", "--ff-only", "origin", "main")
    project.write("b.txt", "b\n")
    project.gs("start", "Something else")
    project.gs("decide", "Sessions in Redis")
    project.commit("Meanwhile", **{"c.txt": "c\n"})
    project.git("push", "-q", "origin", "main")
    job.step("Refresh the handoff")
    assert [s for s in log(hub, project, "%s", "-3") if s][:2] == ["Refresh .sessions/HANDOFF.md", "Meanwhile"]
    page = project.git("--git-dir", str(hub), "show", "main:.sessions/HANDOFF.md").stdout
    assert "argon2id" in page
    assert "Sessions in Redis" in page


def test_a_push_that_is_refused_ends_after_three_tries(hub: Path, job: Runner) -> None:
    hook = hub / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\necho x >>{hub}/tries\nexit 1\n")
    hook.chmod(0o755)
    done = job.step("Refresh the handoff", check=False)
    assert done.returncode == 1
    assert (hub / "tries").read_text() == "x\n" * 3
    assert "::error title=gitsession::the refreshed handoff could not be pushed" in done.stdout


def test_with_an_error_left_nothing_is_pushed_and_the_job_fails(hub: Path, job: Runner, project, secret: str) -> None:
    job.clone.write(".sessions/0009-a,b.md", "no name\n")
    job.clone.write(".sessions/0008-x-aaaa.md", f"---\nstarted: 2026-11-23\n---\n# X\n\n## Notes\n- 100% {secret}\n")
    job.clone.git("add", ".sessions")
    job.clone.git("-c", "user.name=E", "-c", "user.email=e@example.com", "commit", "-q", "-m", "Leak")
    tip = log(hub, project, "%H", "-1")
    done = job.step("Check", check=False)
    assert done.returncode == 1
    assert "::error file=.sessions/0008-x-aaaa.md,line=7,title=gitsession secret::looks like a secret: " in done.stdout
    assert "::warning file=.sessions/0009-a%2Cb.md,title=gitsession file-name::" in done.stdout
    assert "%0A" in done.stdout
    summary = (job.temp / "summary").read_text()
    assert summary.startswith("### gitsession: 1 error, 1 warning")
    assert secret not in done.stdout + summary
    job.step("Refresh the handoff")
    assert log(hub, project, "%H", "-1") == tip


def test_without_master_ci_nothing_is_refreshed_and_strict_tells(hub: Path, job: Runner, project) -> None:
    settings = job.clone.read(".sessions/project.yml").replace("master: ci", "master: commit # not ci")
    job.clone.write(".sessions/project.yml", settings)
    job.clone.git("-c", "user.name=E", "-c", "user.email=e@example.com", "commit", "-q", "-a", "-m", "By hand")
    tip = log(hub, project, "%H", "-1")
    job.step("Refresh the handoff")
    assert log(hub, project, "%H", "-1") == tip
    assert job.step("Check").returncode == 0
    assert job.step("Check", check=False, STRICT="true").returncode == 1


def test_a_shallow_checkout_gets_its_history(hub: Path, tmp_path: Path, project) -> None:
    job = Runner(hub, tmp_path / "shallow", project, "--depth=1")
    job.step("Get the whole history")
    assert job.clone.git("rev-parse", "--is-shallow-repository").stdout == "false\n"
    job.step("Get the whole history")
