"""The EKS cluster: control plane, core add-ons and node groups."""
