"""Transcripts that agents write: one module for each format, which turns bytes into a head and turns."""

from gitsession.transcripts.registry import FORMATS, Transcript, open_transcript

__all__ = ["FORMATS", "Transcript", "open_transcript"]
