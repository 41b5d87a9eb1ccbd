"""Facts drawn from a conversation by rules alone."""
