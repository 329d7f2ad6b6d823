"""Builds, pushes, scans and promotes the services' images, and records their digests in stack files."""

ALL = "all"
"""Stands for every service of the stack."""
