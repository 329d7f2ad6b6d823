"""A certificate that exists already, and has to cover every host."""

from collections.abc import Iterable, Sequence

import pulumi
import pulumi_aws as aws


def checked(name: str, arn: str, hosts: Sequence[str], opts: pulumi.ResourceOptions) -> pulumi.Output[str]:
    """The ARN, once ACM has said that the certificate covers the hosts.

    ACM is asked in the preview too, so a host that it does not cover stops a deployment before anything changes.
    """
    found = aws.acm.Certificate.get(name, arn, opts=opts)
    names = pulumi.Output.all(found.domain_name, found.subject_alternative_names)
    return names.apply(lambda values: _refuse(arn, uncovered(hosts, [values[0], *(values[1] or [])])))


def uncovered(hosts: Iterable[str], names: Iterable[str]) -> list[str]:
    """Hosts that none of a certificate's names covers; a wildcard is exactly one label (RFC 6125, 6.4.3)."""
    exact = {name.lower() for name in names}
    return [host for host in hosts if host not in exact and f"*.{host.partition('.')[2]}" not in exact]


def _refuse(arn: str, hosts: Sequence[str]) -> str:
    if hosts:
        raise pulumi.RunError(
            f"openmarket:ingress.certificateArn is {arn}\n    needs to cover {', '.join(hosts)} as well, by name or by "
            "wildcard; or set openmarket:hostedZoneId instead, for a certificate of the stack's own"
        )
    return arn
