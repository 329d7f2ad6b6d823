"""From a service's source to the digest in a stack's file: build, push, scan, record, promote."""

ALL = "all"
"""In the place of a service: every one of the stack."""
