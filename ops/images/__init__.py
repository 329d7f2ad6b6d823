"""From a service's source to the digest in a stack's file: build, push, scan, record, promote."""
