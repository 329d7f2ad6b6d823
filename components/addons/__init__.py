"""What runs in the cluster so that workloads can: one file per add-on."""
