"""`.sessions/` on disk and in the git index."""
