"""What is shown of a value that must not be shown."""

SHOWN = 4


def mask(value: str) -> str:
    """The first characters, four at most and never over a quarter of the value, then `****`.

    The length of what is hidden is not told; what cannot be printed shows as `?`.
    """
    start = value[: min(SHOWN, len(value) // 4)]
    return "".join(c if c.isprintable() and c != "\ufffd" else "?" for c in start) + "****"
