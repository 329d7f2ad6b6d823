"""IAM policy documents, resource policies, and roles of Kubernetes service accounts."""
