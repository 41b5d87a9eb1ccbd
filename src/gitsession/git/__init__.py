"""The only door to git."""

from gitsession.git.entries import IndexEntry, StagedChange
from gitsession.git.repository import Repository

__all__ = ["IndexEntry", "Repository", "StagedChange"]
