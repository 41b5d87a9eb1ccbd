"""A folder of so many sessions that git's own listing of it is what costs."""

from tests.conftest import Project


def test_the_tree_that_git_commits_is_the_one_written_ahead(project: Project, tmp_path):
    for number in range(1, 1300):
        keys = f"schema: 1\nstatus: completed\nstarted: 2026-01-01T00:00:{number % 60:02d}+00:00\nbranch: main"
        project.write(f".sessions/{number:04d}-work-on-the-cache-part-ab2c.md", f"---\n{keys}\n---\n# Part {number}\n")
    project.git("add", "-A")
    project.git("commit", "-qm", "Many")
    project.gs("start", "One more")
    project.git("commit", "-qm", "Begin")
    project.gs("decide", "Keep the cache beside the index")
    trace = tmp_path / "trace"
    project.git("commit", "-qm", "Decide", GIT_TRACE2_EVENT=str(trace))
    ahead = [line for line in trace.read_text().splitlines() if "core.looseCompression=0" in line]
    assert ahead, "no tree was written ahead"
    tree = project.git("rev-parse", "HEAD:.sessions").stdout.strip()
    loose = project.root / ".git" / "objects" / tree[:2] / tree[2:]
    listing = project.git("cat-file", "tree", tree, check=False)
    assert loose.stat().st_size > 1300 * 60, listing.stderr  # not compressed, so it was ours that git took
    project.git("fsck", "--strict")
    assert not list((project.root / ".git" / "gitsession").glob("*.tmp"))
    assert "Keep the cache beside the index" in project.page
    project.gs("handoff", "--check", "--strict")
