"""Stand-ins for the controllers that EKS add-ons and Helm charts bring: one process per cluster."""
