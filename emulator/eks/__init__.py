"""The `eks` plugin: pulumi-eks' `Cluster` component, built from the same children as the real one."""
