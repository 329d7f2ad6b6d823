"""Operator commands: `python -m ops --help` lists them."""
