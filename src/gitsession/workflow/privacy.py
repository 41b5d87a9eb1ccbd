"""Sessions whose conversations are not kept: known to this machine alone, for as long as the repository is here."""

from gitsession.errors import SessionError
from gitsession.git import Repository


def _key(stem: str) -> str:
    return f"gitsession.{stem}.private"


def is_private(repo: Repository, stem: str) -> bool:
    """True when the session was begun with `--private`. It stays so when it has ended and its branch is gone."""
    return bool(stem) and repo.text("config", "--type=bool", "--get", _key(stem), check=False) == "true"


def set_private(repo: Repository, stem: str) -> None:
    """Keep no conversation of this session from now on. Raises SessionError where there is none."""
    if not stem:
        raise SessionError(
            "no session is in progress that could be private", "begin one: gitsession start TITLE --private"
        )
    repo.set_config(_key(stem), "true")
