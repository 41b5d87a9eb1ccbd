"""The only door to git."""

from gitsession.git.repository import IndexEntry, Repository, StagedChange

__all__ = ["IndexEntry", "Repository", "StagedChange"]
