"""Stand-ins for the controllers of EKS add-ons and Helm charts, in one process per cluster."""
