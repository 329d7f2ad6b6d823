"""The public edge in front of the cluster."""
