"""Draws a stack as people draw it: what it consists of, and what reaches what."""
