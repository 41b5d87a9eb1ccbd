"""The terms of the project as frozen values; no input, no output."""
