"""Looks, before a stack's first deployment, for what would stop it in AWS: account, names, zone, certificate, network,
types."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from analysis import stack_file
from ops import aws, named_secrets
from ops.doctor import quotas
from ops.doctor.finding import Finding, Ref
from ops.doctor.own import own
from ops.doctor.prospect import Obstacle, Prospect
from ops.objects import Object, part, parts


def read(stack: str) -> Prospect:
    """Ask AWS about what the stack's file names, and for what it takes.

    Raises:
        stack_file.BadStack: There is no such stack.
        aws.AwsError: There are no credentials.
    """
    region, settings = stack_file.region(stack), stack_file.settings(stack)
    account = str(aws.ask(region, "sts", "get-caller-identity")["Account"])
    unread: list[str] = []

    def ask(*words: str) -> Object | None:
        try:
            return aws.ask(region, *words)
        except aws.AwsError as error:
            said = " ".join(str(error).split())
            if not any(word in said for word in ("NotFound", "NoSuch")):
                unread.extend([said] if said not in unread else [])
                return {}
            return None

    has = own(stack)
    listed = ask(*named_secrets.listing(stack))

    def hosted_zone(zone: str) -> Object | None:
        found = ask("route53", "get-hosted-zone", "--id", zone) if zone else {}
        return None if found is None else part(found, "HostedZone")

    def certificate(arn: str) -> Object | None:
        found = ask("acm", "describe-certificate", "--certificate-arn", arn) if arn else {}
        return None if found is None else part(found, "Certificate")

    prospect = Prospect(stack, region, settings, account)
    # What a role of another account sees, these credentials do not.
    zone = "" if settings.get("openmarket:hostedZoneRole") else str(settings.get("openmarket:hostedZoneId") or "")
    domains = list(prospect.domains.items())
    named = ",".join(prospect.named_subnets.values())
    subnets = ask("ec2", "describe-subnets", "--filters", f"Name=subnet-id,Values={named}") if named else None
    types = ",".join(prospect.types)
    offerings = ask(
        "ec2", "describe-instance-type-offerings", "--location-type", "availability-zone",
        "--filters", f"Name=instance-type,Values={types}",
    )  # fmt: skip
    listed_types = parts(offerings, "InstanceTypeOfferings")
    offered = frozenset((str(each["InstanceType"]), str(each["Location"])) for each in listed_types)
    database = prospect.section("database")
    orderable = ask(
        "rds", "describe-orderable-db-instance-options", "--engine", "aurora-mysql",
        "--engine-version", str(database.get("engineVersion")),
        "--db-instance-class", str(database.get("instanceClass")),
    )  # fmt: skip
    options = parts(orderable, "OrderableDBInstanceOptions")
    database_zones = frozenset(str(zone["Name"]) for each in options for zone in parts(each, "AvailabilityZones"))
    return replace(
        prospect,
        deployed=bool(has.states),
        secrets=tuple(each for each in parts(listed, "SecretList") if not has.has_secret(str(each["Name"]))),
        hosted_zone=hosted_zone(zone),
        certificate=certificate(str(prospect.section("ingress").get("certificateArn") or "")),
        further_zones={name: hosted_zone(str(each.get("hostedZoneId") or "")) for name, each in domains},
        further_certificates={name: certificate(str(each.get("certificateArn") or "")) for name, each in domains},
        subnets=tuple(parts(subnets, "Subnets")) if subnets else None,
        offered=offered if offerings else None,
        database_zones=database_zones if orderable else None,
        quotas=tuple(quotas.read(prospect, ask, has)),
        unread=tuple(unread),
    )


def find(prospect: Prospect) -> Iterator[Finding]:
    """Yield what a first deployment would run into, or the growth that it leaves room for."""
    for obstacle in (each for rule in _RULES for each in rule(prospect)):
        yield Finding(obstacle.harm, obstacle, Ref("Stack", "", prospect.stack))


def _account(prospect: Prospect) -> Iterator[Obstacle]:
    accounts: list[Any] = prospect.settings.get("aws:allowedAccountIds") or []
    allowed = [str(each) for each in accounts]
    if allowed and prospect.account not in allowed:
        what = f"These are credentials of account {prospect.account}, and the stack belongs into {', '.join(allowed)}"
        yield Obstacle(what, (), "Take credentials of that account", "sts get-caller-identity")


def _names(prospect: Prospect) -> Iterator[Obstacle]:
    for name in (str(each["Name"]) for each in prospect.secrets if each.get("DeletedDate")):
        what = f"The name of the secret {name} is taken: a stack of before has left it in its recovery window"
        first = "If nobody needs its value, delete it at once; otherwise restore and import it"
        yield Obstacle(
            what, (), first, f"secretsmanager delete-secret --secret-id {name} --force-delete-without-recovery"
        )


def _zones(prospect: Prospect) -> Iterator[Obstacle]:
    settings = prospect.settings
    domain = str(settings.get("openmarket:domain") or "")
    yield from _zone(str(settings.get("openmarket:hostedZoneId") or ""), prospect.hosted_zone, domain, "hostedZoneId")
    for host, found in prospect.further_zones.items():
        key = f"ingress.domains.{host}.hostedZoneId"
        yield from _zone(str(prospect.domains[host].get("hostedZoneId") or ""), found, host, key)


def _zone(zone: str, found: Object | None, domain: str, key: str) -> Iterator[Obstacle]:
    if found is None:
        what = f"There is no hosted zone {zone} in this account"
        yield Obstacle(what, (), _correct(key), "route53 list-hosted-zones")
        return
    name = str(found.get("Name", "")).rstrip(".")
    if name and domain != name and not domain.endswith(f".{name}"):
        whose = "the shop's domain is" if key == "hostedZoneId" else "the host is"
        what = f"The hosted zone {zone} is of {name}, and {whose} {domain}"
        yield Obstacle(what, (), _correct(key), "route53 list-hosted-zones")
    if part(found, "Config").get("PrivateZone"):
        what = f"The hosted zone {zone} is private: nobody outside of its networks would find the shop"
        yield Obstacle(what, (), _correct(key), "route53 list-hosted-zones")


def _certificates(prospect: Prospect) -> Iterator[Obstacle]:
    ingress = prospect.section("ingress")
    yield from _certificate(prospect, ingress, prospect.certificate, "ingress.certificateArn")
    for host, found in prospect.further_certificates.items():
        yield from _certificate(prospect, prospect.domains[host], found, f"ingress.domains.{host}.certificateArn")


def _certificate(prospect: Prospect, settings: Object, found: Object | None, key: str) -> Iterator[Obstacle]:
    arn = str(settings.get("certificateArn") or "")
    if found is None:
        what = f"There is no certificate {arn} in {prospect.region}"
        yield Obstacle(what, (), _correct(key), "acm list-certificates")
    elif found and found.get("Status") != "ISSUED":
        what = f"The certificate {arn} is {found.get('Status')}, and no load balancer takes it"
        why = tuple(
            f"{each['DomainName']} needs the record {part(each, 'ResourceRecord').get('Name')}"
            for each in parts(found, "DomainValidationOptions")
            if each.get("ValidationStatus") != "SUCCESS" and part(each, "ResourceRecord")
        )
        yield Obstacle(what, why, "Create the missing records", f"acm describe-certificate --certificate-arn {arn}")


def _network(prospect: Prospect) -> Iterator[Obstacle]:
    if prospect.subnets is None:
        return
    vpc = part(prospect.section("network"), "existing").get("vpcId")
    found = {str(each["SubnetId"]): each.get("VpcId") for each in prospect.subnets}
    for key, subnet in prospect.named_subnets.items():
        if found.get(subnet) != vpc:
            where = f"belongs to {found[subnet]} instead" if subnet in found else "does not exist"
            what = f"The subnet {subnet} of {vpc} {where}, so the stack has no network"
            first = _correct(f"network.existing.subnets.{key}")
            yield Obstacle(what, (), first, f"ec2 describe-subnets --filters Name=vpc-id,Values={vpc}")


def _types(prospect: Prospect) -> Iterator[Obstacle]:
    if prospect.offered is None:
        return
    for zone in prospect.zones:
        missing = [each for each in prospect.types if (each, zone) not in prospect.offered]
        if missing:
            what = f"EC2 does not offer {', '.join(missing)} in {zone}"
            first = "Choose other `openmarket:cluster.nodeGroups` instanceTypes, or other `openmarket:network.zones`"
            yield Obstacle(what, (), first, "preview")


def _database(prospect: Prospect) -> Iterator[Obstacle]:
    if prospect.database_zones is None:
        return
    settings = prospect.section("database")
    wanted = f"{settings.get('instanceClass')} with Aurora MySQL {settings.get('engineVersion')}"
    first = "Choose another `openmarket:database` instanceClass or engineVersion, or other `openmarket:network.zones`"
    missing = [zone for zone in prospect.zones if zone not in prospect.database_zones]
    if missing:
        yield Obstacle(f"RDS does not offer {wanted} in {', '.join(missing)}", (), first, "preview")


_RULES = (_account, _names, _zones, _certificates, _network, _types, _database, quotas.exceeded)


def _correct(key: str) -> str:
    return f"Correct `openmarket:{key}`"
