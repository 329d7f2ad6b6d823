"""The VPC: subnets, routes, endpoints and flow logs."""
