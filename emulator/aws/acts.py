"""What AWS does to the objects of a stack by itself, when their time has come: an upgrade, a renewal, a statement."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from emulator.aws.account import AwsAccount
from emulator.aws.tokens import CLUSTER, NODE_GROUP
from emulator.aws.types.acm import CERTIFICATE
from emulator.aws.types.cloudwatch import DESTINATION, SOURCE
from emulator.aws.types.elasticache import REPLICATION_GROUP
from emulator.aws.types.rds import CLUSTER as DATABASE
from emulator.aws.types.rds import INSTANCE
from emulator.store import StoredObject

END_OF_SUPPORT = "emulator:eks:EndOfSupport"
"""When it is, of a Kubernetes version, in place of the date in AWS's calendar."""
BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy"
_DELIVERY = "delivery.logs.amazonaws.com"


def of_stack(account: AwsAccount, stack: str, type_: str) -> list[StoredObject]:
    """The stack's objects of a type.

    Raises:
        ValueError: There is none.
    """
    found = [each for each in account.find(type_) if each.urn.startswith(f"urn:pulumi:{stack}::")]
    if not found:
        raise ValueError(f"the stack {stack!r} has no {type_} on the emulator")
    return found


def node_groups(account: AwsAccount, stack: str) -> list[StoredObject]:
    """The stack's node groups."""
    return of_stack(account, stack, NODE_GROUP)


def upgrade_cluster(account: AwsAccount, stack: str, version: str) -> str:
    """Upgrade the control plane at the end of its version's support. Node groups and add-ons stay as they are."""
    (cluster,) = of_stack(account, stack, CLUSTER)
    before = str(cluster.outputs["version"])
    after = version or f"1.{int(before.split('.')[1]) + 1}"
    _set(account, cluster, version=after)
    return f"{cluster.id}: EKS has upgraded the control plane from {before} to {after}"


def end_support(account: AwsAccount, stack: str, _version: str) -> str:
    """Let time go on until 30 days before the end of standard support of the cluster's version."""
    (cluster,) = of_stack(account, stack, CLUSTER)
    version = str(cluster.outputs["version"])
    end = time.strftime("%Y-%m-%dT00:00:00+00:00", time.gmtime(time.time() + 30 * 86400))
    with account.transaction() as transaction:
        transaction.put(StoredObject(END_OF_SUPPORT, version, outputs={"endOfStandardSupportDate": end}))
    return f"{cluster.id}: standard support of Kubernetes {version} ends on {end[:10]}"


def upgrade_database(account: AwsAccount, stack: str, version: str) -> str:
    """Apply a version of Aurora. There is no way to say which one comes next, so it has to be named."""
    if not version:
        raise ValueError("--version is missing: the version that Aurora gets, such as 8.0.mysql_aurora.3.12.0")
    (cluster,) = of_stack(account, stack, DATABASE)
    before = str(cluster.outputs["engineVersionActual"])
    _set(account, cluster, engineVersion=version, engineVersionActual=version)
    for instance in account.find(INSTANCE, clusterIdentifier=cluster.id):
        _set(account, instance, engineVersionActual=version)
    return f"{cluster.id}: RDS has upgraded Aurora from {before} to {version}"


def upgrade_cache(account: AwsAccount, stack: str, version: str) -> str:
    """Upgrade the cache at the end of its version's support, which makes Valkey of Redis OSS.

    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/extended-support.html
    """
    if not version:
        raise ValueError("--version is missing: the version of Valkey that the cache gets, such as 8.2")
    (group,) = of_stack(account, stack, REPLICATION_GROUP)
    before = f"{group.outputs['engine']} {group.outputs['engineVersion']}"
    _set(account, group, engine="valkey", engineVersion=version, engineVersionActual=f"{version}.0")
    return f"{group.id}: ElastiCache has upgraded the cache from {before} to valkey {version}"


def deliver_logs(account: AwsAccount, stack: str, _version: str) -> str:
    """Append the statement of CloudFront's log delivery to the policy of the bucket that gets the logs."""
    (destination,), (source,) = of_stack(account, stack, DESTINATION), of_stack(account, stack, SOURCE)
    place = str(destination.outputs["deliveryDestinationConfiguration"]["destinationResourceArn"])
    bucket = place.rpartition(":")[2].partition("/")[0]
    (policy,) = [each for each in of_stack(account, stack, BUCKET_POLICY) if each.outputs["bucket"] == bucket]
    document = json.loads(policy.outputs["policy"])
    document["Statement"].append(_statement(place, source))
    _set(account, policy, policy=json.dumps(document))
    return f"{bucket}: CloudFront's log delivery has appended a statement to the bucket's policy"


def renew_certificates(account: AwsAccount, stack: str, _version: str) -> str:
    """Renew the certificates: their ARNs stay, so nothing that uses them changes."""
    found = of_stack(account, stack, CERTIFICATE)
    moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    renewal = [{"renewalStatus": "SUCCESS", "renewalStatusReason": "", "updatedAt": moment}]
    for certificate in found:
        now = {"notBefore": moment, "renewalSummaries": renewal, "pendingRenewal": False}
        with account.transaction() as transaction:
            transaction.put(replace(certificate, outputs={**certificate.outputs, **now}))
    return f"ACM has renewed {', '.join(str(each.outputs['domainName']) for each in found)}"


def lose_zone(account: AwsAccount, stack: str, zone: str) -> list[str]:
    """Let a reader in another zone take over from each writer in a zone that is lost, as Aurora does.

    Returns:
        A sentence for each cluster whose writer was there.
    """
    said: list[str] = []
    for cluster in account.find(DATABASE):
        members = account.find(INSTANCE, clusterIdentifier=cluster.id)
        writer = next((each for each in members if each.outputs.get("writer")), None)
        if not cluster.urn.startswith(f"urn:pulumi:{stack}::") or writer is None:
            continue
        if writer.outputs["availabilityZone"] != zone:
            continue
        left = [each for each in members if each.outputs["availabilityZone"] != zone]
        if not left:
            said.append(f"{cluster.id}: no reader in another zone could take over from {writer.id}")
            continue
        _set(account, writer, writer=False)
        _set(account, left[0], writer=True)
        said.append(f"{cluster.id}: {left[0].id} has taken over from {writer.id}")
    return said


ACTS: Mapping[str, Callable[[AwsAccount, str, str], str]] = {
    "eks-end-of-support": end_support,
    "eks-upgrade": upgrade_cluster,
    "aurora-upgrade": upgrade_database,
    "cache-upgrade": upgrade_cache,
    "log-delivery": deliver_logs,
    "certificate-renewal": renew_certificates,
}
"""What AWS does in the account, by name. Each takes the account, the stack and a version, and says what it has done."""


def _set(account: AwsAccount, stored: StoredObject, **values: Any) -> None:
    """Give an object other values. A refresh finds them among what the program gave, too."""
    given = {name: value for name, value in values.items() if name in stored.inputs}
    with account.transaction() as transaction:
        inputs, outputs = {**stored.inputs, **given}, {**stored.outputs, **values}
        transaction.put(replace(stored, inputs=inputs, outputs=outputs))


def _statement(place: str, source: StoredObject) -> dict[str, Any]:
    """The statement as AWS writes it for CloudFront's standard logs.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-S3.html
    """
    account = str(source.outputs["arn"]).split(":")[4]
    return {
        "Sid": "AWSLogDeliveryWrite1",
        "Effect": "Allow",
        "Principal": {"Service": _DELIVERY},
        "Action": "s3:PutObject",
        "Resource": f"{place}/AWSLogs/{account}/CloudFront/*",
        "Condition": {
            "StringEquals": {"aws:SourceAccount": account, "s3:x-amz-acl": "bucket-owner-full-control"},
            "ArnLike": {"aws:SourceArn": source.outputs["arn"]},
        },
    }
