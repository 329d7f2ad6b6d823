"""What is deployed. Imports point one way: config, network, cluster, identity, edge, addons, workloads."""
