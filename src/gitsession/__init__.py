"""Sessions and handoffs for work with coding agents, kept in git."""

__version__ = "0.1.0"
