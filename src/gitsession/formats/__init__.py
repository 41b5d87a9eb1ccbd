"""Text to model and back, byte for byte."""
