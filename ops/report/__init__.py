"""Writes one page about a stack, for those who use it and those who own it."""
