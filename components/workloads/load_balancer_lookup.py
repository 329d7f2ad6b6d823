"""Finds the load balancer that the controller made for the Ingress."""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from components.workloads.ingress import NAME

NONE = "none"
"""In place of a load balancer that somebody deleted: CloudWatch takes no alarm on an empty name."""


def load_balancer_of(
    cluster_name: str, namespace: pulumi.Input[str], dns_name: pulumi.Input[str]
) -> pulumi.Output[str]:
    """The part of its ARN that CloudWatch knows it by, `app/<name>/<digits>`; `none` while AWS has none.

    The controller's tags tell it from others, which asks for no name that somebody would have to keep:
    https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/#resource-tags

    Args:
        dns_name: Known once it exists, so that nobody is asked before.
    """
    tags = pulumi.Output.all(namespace, dns_name).apply(
        lambda known: {"elbv2.k8s.aws/cluster": cluster_name, "ingress.k8s.aws/stack": f"{known[0]}/{NAME}"}
    )
    return aws.lb.get_lbs_output(tags=tags).arns.apply(_suffix)


def _suffix(arns: Sequence[str]) -> str:
    return min(arns).partition(":loadbalancer/")[2] if arns else NONE
