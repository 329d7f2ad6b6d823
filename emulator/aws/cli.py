"""The `aws` command on the emulator's PATH: only what kubeconfigs and people beside them need."""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from emulator.aws import (
    addon_versions,
    bucket_objects,
    callers,
    cli_created,
    cli_databases,
    cli_reads,
    eks_access,
    eks_addons,
    publish,
    put_secret_value,
    queues,
    registry,
    secret_deletion,
)
from emulator.aws.account import AwsAccount
from emulator.aws.identity import DEFAULT_REGION, Identity
from emulator.aws.tokens import ADDON, CLUSTER, LOG_GROUP
from emulator.eks.kubeconfig import kubeconfig
from emulator.kubeconfig import merge
from emulator.paths import STATE
from emulator.plugins.provider import ProviderError
from emulator.store import Store, StoredObject

USAGE_ERROR = 252
"""Exit code of the AWS CLI when it does not understand its arguments."""

CLIENT_ERROR = 254
"""... and when AWS refuses a request."""

_VERSION = "aws-cli/2.31.0 Python/3.13.7 (OpenMarket emulator, no AWS account)"
"""Recent enough for pulumi-eks, which wants 2.7.0."""


_DESCRIBED = (
    "name", "arn", "createdAt", "version", "endpoint", "roleArn", "kubernetesNetworkConfig", "status",
    "certificateAuthority", "platformVersion", "encryptionConfig", "accessConfig", "upgradePolicy",
    "deletionProtection",
)  # fmt: skip
"""Members of DescribeCluster's answer that have the names of the provider's outputs."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        sys.stderr.write(f"aws (emulator): {message}.\n")
        raise SystemExit(USAGE_ERROR)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="aws", add_help=False, allow_abbrev=False)
    parser.add_argument("--region", default=os.environ.get("AWS_REGION", DEFAULT_REGION))
    parser.add_argument("--output", choices=["json"])
    parser.add_argument("--version", action="store_true")
    parser.add_argument("service", nargs="?")
    parser.add_argument("operation", nargs="?")
    parser.add_argument("paths", nargs="*")
    parser.add_argument("--cluster-name", "--name", dest="cluster")
    parser.add_argument("--profile")
    parser.add_argument("--kubeconfig")
    parser.add_argument("--alias")
    parser.add_argument("--addon-name", dest="addon", default="")
    parser.add_argument("--log-group-name", dest="log_group", default="")
    parser.add_argument("--repository-name", dest="repository", default="")
    parser.add_argument("--image-ids", default="")
    parser.add_argument("--image-id", default="")
    parser.add_argument("--secret-id", default="")
    parser.add_argument("--secret-string", default="")
    parser.add_argument("--topic-arn", default="")
    parser.add_argument("--subject", default="")
    parser.add_argument("--message", default="")
    parser.add_argument("--kubernetes-version", dest="kubernetes", default="")
    parser.add_argument("--nodegroup-name", dest="node_group", default="")
    parser.add_argument("--role-name", dest="role", default="")
    parser.add_argument("--db-cluster-identifier", dest="database", default="")
    parser.add_argument("--db-cluster-snapshot-identifier", dest="snapshot", default="")
    parser.add_argument("--deletion-protection", action=argparse.BooleanOptionalAction)
    parser.add_argument("--bucket", default="")
    parser.add_argument("--key", default="")
    parser.add_argument("--body", default="")
    parser.add_argument("--prefix", default="")
    parser.add_argument("--version-id", default="")
    parser.add_argument("--recursive", action="store_true")
    parser.add_argument("--only-show-errors", action="store_true")
    parser.add_argument("--content-type", default="")
    parser.add_argument("--cache-control", default="")
    parser.add_argument("--resource-type-filters", nargs="*", default=[])
    parser.add_argument("--tag-filters", nargs="*", default=[])
    parser.add_argument("--filters", nargs="*", default=[])
    parser.add_argument("--location-type", default="")
    parser.add_argument("--engine", default="")
    parser.add_argument("--engine-version", default="")
    parser.add_argument("--db-instance-class", dest="instance_class", default="")
    parser.add_argument("--service-code", default="")
    parser.add_argument("--quota-code", dest="quota", default="")
    parser.add_argument("--cluster-versions", nargs="*", default=[])
    parser.add_argument("--include-planned-deletion", action="store_true")
    for option in (*cli_created.OPTIONS, *queues.OPTIONS):
        parser.add_argument(option, default="")
    return parser


def _cluster(store: Store, name: str | None) -> StoredObject:
    stored = store.get(CLUSTER, name or "")
    if stored is None:
        raise ProviderError(f"ResourceNotFoundException: No cluster found for name: {name}.")
    return stored


def _get_token(account: AwsAccount, arguments: argparse.Namespace) -> str:
    """A token of the caller. It needs no permission in AWS; what it is good for says the cluster's access entry."""
    stored = _cluster(account, arguments.cluster)
    caller = Identity(stored.outputs["arn"].split(":")[4], arguments.region).caller_arn
    expires = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + eks_access.TOKEN_SECONDS))
    credential = {
        "kind": "ExecCredential",
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "spec": {},
        "status": {"expirationTimestamp": expires, "token": eks_access.token(account, stored.id, caller)},
    }
    return json.dumps(credential)


def _update_kubeconfig(store: Store, arguments: argparse.Namespace) -> str:
    outputs = _cluster(store, arguments.cluster).outputs
    written = kubeconfig(outputs["arn"], outputs["endpoint"], outputs["certificateAuthority"]["data"])
    if arguments.profile:
        written["users"][0]["user"]["exec"]["env"].append({"name": "AWS_PROFILE", "value": arguments.profile})
    name = arguments.alias or outputs["arn"]
    written["contexts"][0]["name"] = written["current-context"] = name
    # Never the user's own ~/.kube/config: it would lead to a simulated cluster long after this command.
    named = arguments.kubeconfig or os.environ.get("KUBECONFIG", "").split(os.pathsep)[0]
    path = Path(named) if named else STATE / "kubeconfig" / "aws.yaml"
    known = merge(path, written)
    return f"{'Updated' if known else 'Added new'} context {name} {'in' if known else 'to'} {path}"


def _describe_cluster(store: Store, arguments: argparse.Namespace) -> str:
    outputs = _cluster(store, arguments.cluster).outputs
    cluster = {key: outputs[key] for key in _DESCRIBED if key in outputs}
    cluster["resourcesVpcConfig"] = outputs.get("vpcConfig", {})
    cluster["identity"] = {"oidc": outputs["identities"][0]["oidcs"][0]}
    cluster["tags"] = outputs.get("tagsAll", {})
    # Its address is the last thing that a control plane gets.
    cluster["status"] = "ACTIVE" if "endpoint" in outputs else "CREATING"
    return json.dumps({"cluster": cluster}, indent=4)


def _caller_identity(store: Store, arguments: argparse.Namespace) -> str:
    identity = Identity(_account_id(store), arguments.region)
    answer = {"UserId": "AROAEMULATED:emulator", "Account": identity.account, "Arn": identity.caller_arn}
    return json.dumps(answer, indent=4)


def _account_id(store: Store) -> str:
    arns = [str(cluster.outputs["arn"]) for cluster in store.find(CLUSTER) if "arn" in cluster.outputs]
    return arns[0].split(":")[4] if arns else Identity().account


def _describe_addon_versions(_store: Store, arguments: argparse.Namespace) -> str:
    if arguments.addon not in addon_versions.ADDONS:
        known = ", ".join(addon_versions.ADDONS)
        raise ProviderError(f"ResourceNotFoundException: no add-on {arguments.addon!r}; the emulator has {known}.")
    return json.dumps(addon_versions.describe(arguments.addon, arguments.kubernetes), indent=4)


def _describe_addon(account: AwsAccount, arguments: argparse.Namespace) -> str:
    cluster = _cluster(account, arguments.cluster).id
    stored = account.get(ADDON, f"{cluster}:{arguments.addon}")
    if stored is None:
        raise ProviderError(f"ResourceNotFoundException: No addon: {arguments.addon} found in cluster: {cluster}")
    keys = {"addonName": "addonName", "clusterName": "clusterName", "addonVersion": "addonVersion", "addonArn": "arn"}
    addon = {name: stored.outputs.get(output) for name, output in keys.items()}
    return json.dumps({"addon": {**addon, **eks_addons.health(account, stored)}}, indent=4)


def _delete_log_group(store: Store, arguments: argparse.Namespace) -> str:
    with store.transaction() as transaction:
        if transaction.get(LOG_GROUP, arguments.log_group) is None:
            raise ProviderError("ResourceNotFoundException: The specified log group does not exist.")
        transaction.remove(LOG_GROUP, arguments.log_group)
    return ""


_OTHERS = {**cli_created.COMMANDS, **queues.COMMANDS}
_ACTIONS = {
    ("ecr", "describe-images"): "ecr:DescribeImages",
    ("ecr", "describe-image-scan-findings"): "ecr:DescribeImageScanFindings",
    ("ecr", "get-login-password"): "ecr:GetAuthorizationToken",
    ("ec2", "describe-instance-type-offerings"): "ec2:DescribeInstanceTypeOfferings",
    ("ec2", "describe-subnets"): "ec2:DescribeSubnets",
    ("eks", "describe-addon"): "eks:DescribeAddon",
    ("eks", "describe-addon-versions"): "eks:DescribeAddonVersions",
    ("eks", "describe-cluster"): "eks:DescribeCluster",
    ("eks", "describe-cluster-versions"): "eks:DescribeClusterVersions",
    ("eks", "describe-nodegroup"): "eks:DescribeNodegroup",
    ("eks", "update-kubeconfig"): "eks:DescribeCluster",
    ("iam", "list-attached-role-policies"): "iam:ListAttachedRolePolicies",
    ("iam", "list-role-policies"): "iam:ListRolePolicies",
    ("logs", "delete-log-group"): "logs:DeleteLogGroup",
    ("rds", "create-db-cluster-snapshot"): "rds:CreateDBClusterSnapshot",
    ("rds", "describe-db-cluster-automated-backups"): "rds:DescribeDBClusterAutomatedBackups",
    ("rds", "describe-db-cluster-snapshots"): "rds:DescribeDBClusterSnapshots",
    ("rds", "describe-db-clusters"): "rds:DescribeDBClusters",
    ("rds", "describe-orderable-db-instance-options"): "rds:DescribeOrderableDBInstanceOptions",
    ("rds", "modify-db-cluster"): "rds:ModifyDBCluster",
    ("rds", "start-db-cluster"): "rds:StartDBCluster",
    ("rds", "stop-db-cluster"): "rds:StopDBCluster",
    ("s3", "cp"): "s3:PutObject",
    ("s3api", "delete-object"): "s3:DeleteObject",
    ("s3api", "head-object"): "s3:GetObject",
    ("s3api", "list-object-versions"): "s3:ListBucketVersions",
    ("s3api", "list-objects-v2"): "s3:ListBucket",
    ("s3api", "put-object"): "s3:PutObject",
    ("secretsmanager", "delete-secret"): "secretsmanager:DeleteSecret",
    ("secretsmanager", "list-secrets"): "secretsmanager:ListSecrets",
    ("secretsmanager", "put-secret-value"): "secretsmanager:PutSecretValue",
    ("secretsmanager", "restore-secret"): "secretsmanager:RestoreSecret",
    ("service-quotas", "get-service-quota"): "servicequotas:GetServiceQuota",
    ("sns", "publish"): "sns:Publish",
    **{command: action for command, (action, _) in _OTHERS.items()},
}
"""IAM actions by command. The other commands need none."""

_COMMANDS: dict[tuple[str, str], Callable[[AwsAccount, argparse.Namespace], str]] = {
    ("ecr", "describe-images"): registry.describe_images,
    ("ecr", "describe-image-scan-findings"): registry.describe_findings,
    ("ec2", "describe-instance-type-offerings"): cli_reads.describe_instance_type_offerings,
    ("ec2", "describe-subnets"): cli_reads.describe_subnets,
    ("ecr", "get-login-password"): registry.login_password,
    ("eks", "describe-addon"): _describe_addon,
    ("eks", "describe-addon-versions"): _describe_addon_versions,
    ("eks", "get-token"): _get_token,
    ("eks", "describe-cluster"): _describe_cluster,
    ("eks", "describe-cluster-versions"): cli_reads.describe_cluster_versions,
    ("eks", "describe-nodegroup"): cli_reads.describe_nodegroup,
    ("eks", "update-kubeconfig"): _update_kubeconfig,
    ("iam", "list-attached-role-policies"): cli_reads.list_attached_role_policies,
    ("iam", "list-role-policies"): cli_reads.list_role_policies,
    ("logs", "delete-log-group"): _delete_log_group,
    ("rds", "create-db-cluster-snapshot"): cli_databases.create_db_cluster_snapshot,
    ("rds", "describe-db-cluster-automated-backups"): cli_databases.describe_db_cluster_automated_backups,
    ("rds", "describe-db-cluster-snapshots"): cli_databases.describe_db_cluster_snapshots,
    ("rds", "describe-db-clusters"): cli_databases.describe_db_clusters,
    ("rds", "describe-orderable-db-instance-options"): cli_databases.describe_orderable_db_instance_options,
    ("rds", "modify-db-cluster"): cli_databases.modify_db_cluster,
    ("rds", "start-db-cluster"): cli_databases.start_db_cluster,
    ("rds", "stop-db-cluster"): cli_databases.stop_db_cluster,
    ("s3", "cp"): bucket_objects.copy_folder,
    ("s3api", "delete-object"): bucket_objects.delete_object,
    ("s3api", "head-object"): bucket_objects.head_object,
    ("s3api", "list-object-versions"): bucket_objects.list_object_versions,
    ("s3api", "list-objects-v2"): bucket_objects.list_objects,
    ("s3api", "put-object"): bucket_objects.put_object,
    ("secretsmanager", "delete-secret"): secret_deletion.delete_secret,
    ("secretsmanager", "list-secrets"): cli_reads.list_secrets,
    ("secretsmanager", "put-secret-value"): put_secret_value.put_secret_value,
    ("secretsmanager", "restore-secret"): secret_deletion.restore_secret,
    ("service-quotas", "get-service-quota"): cli_reads.get_service_quota,
    ("sns", "publish"): publish.publish,
    ("sts", "get-caller-identity"): _caller_identity,
    **{command: function for command, (_, function) in _OTHERS.items()},
}


def _not_emulated(service: str, operation: str) -> str:
    """What of the service is emulated instead; of an unknown one, which services are."""
    known = [each for name, each in _COMMANDS if name == service] or sorted({name for name, _ in _COMMANDS})
    return (
        f"{f'{service} {operation}'.strip()!r} is not emulated; {', '.join(known)} {'are' if len(known) > 1 else 'is'}"
    )


def main(argv: Sequence[str], account: Callable[[], AwsAccount]) -> int:
    """Run one command on the account and answer the exit code, which is the AWS CLI's."""
    parser = _parser()
    try:
        arguments, unknown = parser.parse_known_args(argv)
        if arguments.version:
            print(_VERSION)
            return 0
        command = _COMMANDS.get((arguments.service, arguments.operation))
        if command is None:
            parser.error(_not_emulated(arguments.service or "", arguments.operation or ""))
        if arguments.service != "s3":
            unknown += arguments.paths
        if unknown:
            parser.error(f"{' '.join(unknown)} is not emulated of {arguments.service} {arguments.operation}")
    except SystemExit as error:
        return int(error.code or 0)
    try:
        found = account()
        action = _ACTIONS.get((arguments.service, arguments.operation), "")
        callers.check(found, Identity(_account_id(found), arguments.region), action)
        answer = command(found, arguments)
    except ProviderError as error:
        sys.stderr.write(f"\nAn error occurred: {error}\n")
        return CLIENT_ERROR
    if answer:
        print(answer)
    return 0
