"""Finds the load balancer that the controller made for the Ingress, and its target groups."""

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


def target_groups_of(
    cluster_name: str, namespace: pulumi.Input[str], service: pulumi.Input[str], port: int
) -> pulumi.Output[list[str]]:
    """The parts of their ARNs that CloudWatch knows a service's target groups by; none while AWS has none.

    There is more than one for a while after the controller has replaced it: AWS lists deleted ones for some hours.
    Their tags tell them from others too. A look-up of the one target group would take none for an error.

    Args:
        service: The name. That of a new service is known once its pods are ready, and so in the target group.
    """
    resource = pulumi.Output.format("{}/{}-{}:{}", namespace, NAME, service, port)
    found = aws.resourcegroupstaggingapi.get_resources_output(
        resource_type_filters=["elasticloadbalancing:targetgroup"],
        tag_filters=resource.apply(
            lambda known: [_tag("elbv2.k8s.aws/cluster", cluster_name), _tag("ingress.k8s.aws/resource", known)]
        ),
    )
    return found.resource_tag_mapping_lists.apply(
        lambda listed: sorted(each.resource_arn.rpartition(":")[2] for each in listed)
    )


def _tag(key: str, value: str) -> aws.resourcegroupstaggingapi.GetResourcesTagFilterArgsDict:
    return {"key": key, "values": [value]}


def _suffix(arns: Sequence[str]) -> str:
    return min(arns).partition(":loadbalancer/")[2] if arns else NONE
