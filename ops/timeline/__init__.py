"""The command `timeline`: how long operations took, and what decided it."""
