"""The commands that look at a deployed shop. What they need is imported when they run."""

from typing import Annotated

import typer

from ops.operate.options import Json, Service, Stack


def status(stack: Stack = "dev", json: Json = False) -> None:
    """Show what runs where: images, pods, nodes, the load balancer, and the last deployment.

    Needs in AWS: eks:DescribeCluster for the token, an access entry that may list pods and nodes (viewers may),
    reading of Pulumi's state, and for the tags of an image ecr:DescribeImages.
    """
    from ops.operate import shop, showing, status_view
    from ops.operate import status as found

    with shop.reporting_errors():
        now = found.status(stack)
    if json:
        print(showing.as_json(now))
    else:
        status_view.show(now)


def logs(
    service: Service,
    stack: Stack = "dev",
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on until Ctrl-C. Pods that start later are not followed.")
    ] = False,
    since: Annotated[str, typer.Option(help="Only what is newer, such as 5s, 10m or 3h.")] = "",
    tail: Annotated[int, typer.Option(help="The last lines of each pod; -1 for all.")] = 200,
    previous: Annotated[
        bool, typer.Option("--previous", "-p", help="Show containers as they were before their last restart.")
    ] = False,
    container: Annotated[str, typer.Option(help="Another container of the pods, such as an init container.")] = "",
) -> None:
    """Show the logs of all pods of a service, each line with its pod's name.

    Needs in AWS: eks:DescribeCluster, an access entry that may read logs of pods (viewers may), and reading of Pulumi's
    state.
    """
    from ops.operate import logs as shown
    from ops.operate import shop

    with shop.reporting_errors():
        shown.logs(stack, service, container, follow, since, tail, previous)


def access(
    stack: Stack = "dev",
    everything: Annotated[
        bool, typer.Option("--all", help="Show the roles of add-ons, nodes and services of AWS too.")
    ] = False,
    json: Json = False,
) -> None:
    """Show who may do what: services in AWS, pods on the network, and people in the cluster.

    It is what the last deployment made, from Pulumi's state; `drift` tells what somebody changed since. Needs in AWS:
    reading of Pulumi's state.
    """
    from analysis import stack_file
    from ops.exported import from_stack
    from ops.operate import access as found
    from ops.operate import access_view, shop, showing

    with shop.reporting_errors():
        now = found.access(from_stack(stack), stack_file.prefix(stack))
    if json:
        print(showing.as_json(now))
    else:
        access_view.show(now, everything)


def history(
    stack: Stack = "dev",
    last: Annotated[int, typer.Option(min=1, help="How many operations to show.")] = 20,
    json: Json = False,
) -> None:
    """Show who deployed what, when, how it ended, and from which commit.

    Needs in AWS: reading of Pulumi's state.
    """
    from ops import deployed
    from ops.operate import deployments, shop, showing
    from ops.operate import history as shown

    with shop.reporting_errors():
        listed = deployments.deployments(stack)
        if not listed:
            deployed.check_resources(stack)
    if json:
        print(showing.as_json(listed[:last]))
    else:
        shown.show(listed, last)


def outputs(stack: Stack = "dev", json: Json = False) -> None:
    """Show the outputs of a stack: addresses, names, ARNs. What is secret is not shown.

    Needs in AWS: reading of Pulumi's state.
    """
    from ops.deploy import summary
    from ops.operate import outputs as found
    from ops.operate import shop, showing

    with shop.reporting_errors():
        listed = found.outputs(stack)
    if json:
        print(showing.as_json(listed))
    else:
        print("\n".join(line.removeprefix("  ") for line in summary.outputs(summary.Target(stack), listed)))


def grafana(
    stack: Stack = "dev",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port on this machine; 0 for a free one.")] = 0,
) -> None:
    """Open a way to Grafana: a port on loopback, until Ctrl-C. Says how to get the password, and does not print it.

    Needs in AWS: eks:DescribeCluster, an access entry that may read Services and ExternalSecrets, forward ports and
    read the Secret (administrators may), and reading of Pulumi's state.
    """
    from ops.operate import grafana as opened
    from ops.operate import shop

    with shop.reporting_errors():
        opened.grafana(stack, port)
