"""Commands for the people who operate the shop."""
