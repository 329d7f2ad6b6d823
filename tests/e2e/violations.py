"""A program that breaks every rule of the policy pack, each with one resource that has the rule's name."""

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes

from tests.policies.table import CASES

# Not known before the update, as a new cluster's is: so no preview asks a cluster.
kubeconfig = aws.s3.Bucket("place").arn
cluster = kubernetes.Provider("cluster", kubeconfig=kubeconfig)

for rule, case in CASES.items():
    broken = dict(case.failing().content)
    if case.type == "pulumi:providers:aws":
        aws.Provider(rule, region=broken["region"])
        continue
    provider = cluster if case.type.startswith("kubernetes:") else None
    pulumi.CustomResource(case.type, rule, broken, pulumi.ResourceOptions(provider=provider))
