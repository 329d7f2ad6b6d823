"""Saves the simulated account, the engine's state and the control planes' data as they are, and restores them.

A snapshot is a folder with copies of the state's files (`contents.py` says which) and a manifest with their checksums.
It can be restored into another state folder, while the first one is in use: its clusters get other ports there.
"""
