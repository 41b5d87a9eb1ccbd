"""The use cases: what the command line, the hooks and every other way in call."""
