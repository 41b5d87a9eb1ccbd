"""Coding agents: which one is at work, and what we put into their settings and instructions."""
