"""Coding agents: which one is at work."""
