"""The shop itself: its namespace, its services and their one Ingress."""
