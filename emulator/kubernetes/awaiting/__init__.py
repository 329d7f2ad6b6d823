"""Deciding whether an object is ready, and waiting until it is, by the rules of the pulumi-kubernetes provider."""
