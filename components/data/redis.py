"""ElastiCache with the Redis protocol."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
import pulumi_random as random

from components.config import CacheConfig
from components.config.data import cache_identifier
from components.context import StackContext
from components.data.credentials import StoredSecret, StoredSecretArgs, generated_password
from components.data.store_access import StoreAccess, StoreAccessArgs, StoreNetwork
from components.log_group import log_group

PORT = 6379


@dataclass(frozen=True)
class RedisArgs:
    """Inputs of `Redis`."""

    context: StackContext
    settings: CacheConfig
    network: StoreNetwork
    password_length: int


class Redis(pulumi.ComponentResource):
    """Creates a replication group that only the cluster's pods reach, over TLS and with a token, and its secret.

    With it: a subnet group, and a log group for slow commands. Names are `<prefix>-cache` for the group and
    `<prefix>-redis-credentials` for the secret.
    """

    endpoint: pulumi.Output[str]
    """The primary's address, known once clients may connect to it."""
    credentials: StoredSecret
    nodes: Sequence[pulumi.Output[str]]
    """Identifiers of the nodes, by which CloudWatch knows them."""

    def __init__(self, name: str, args: RedisArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:data:Redis", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        context, settings = args.context, args.settings
        identifier = cache_identifier(context.prefix)
        access = StoreAccess(f"{name}-access", StoreAccessArgs(identifier, "Redis", PORT, args.network), child)
        subnets = aws.elasticache.SubnetGroup(f"{name}-subnets", subnet_ids=list(args.network.subnet_ids), opts=child)
        slow_log = log_group(f"{name}-slow-log", f"/aws/elasticache/{identifier}/slow-log", context, child)
        token = generated_password(f"{name}-auth-token", args.password_length, self)
        # Two groups one after the other must not leave snapshots of the same name.
        generation = random.RandomId(f"{name}-generation", byte_length=4, opts=child)
        final_snapshot = generation.hex.apply(lambda suffix: f"{identifier}-final-{suffix}")
        group = aws.elasticache.ReplicationGroup(
            f"{name}-group",
            replication_group_id=identifier,
            description="Sessions, carts and cached answers",
            engine=settings.engine.value,
            engine_version=settings.version,
            node_type=settings.node_type,
            num_cache_clusters=settings.nodes,
            automatic_failover_enabled=settings.nodes > 1,
            multi_az_enabled=settings.multi_zone,
            port=PORT,
            subnet_group_name=subnets.name,
            security_group_ids=[access.security_group_id],
            at_rest_encryption_enabled=True,
            kms_key_id=context.keys["cache"],
            transit_encryption_enabled=True,
            transit_encryption_mode="required",
            auth_token=token,
            # The old token works until the next change: pods that have it go on while new ones come.
            auth_token_update_strategy="ROTATE",  # noqa: S106
            snapshot_retention_limit=settings.snapshot_days,
            snapshot_window="16:00-17:00",  # from 1:00 in Seoul
            maintenance_window="sun:18:00-sun:19:00",  # from Monday 3:00 in Seoul
            final_snapshot_identifier=final_snapshot if context.production else None,
            auto_minor_version_upgrade=False,
            apply_immediately=settings.apply_immediately,
            log_delivery_configurations=[
                aws.elasticache.ReplicationGroupLogDeliveryConfigurationArgs(
                    destination=slow_log.name,
                    destination_type="cloudwatch-logs",
                    log_format="json",
                    log_type="slow-log",
                )
            ],
            opts=pulumi.ResourceOptions(
                parent=self,
                protect=context.protected,
                # The provider replaces a group, and loses what it holds, to go back to an older version.
                ignore_changes=["engine", "engineVersion"] if settings.upgraded_by_aws else None,
            ),
        )
        self.nodes = [group.member_clusters.apply(_member(number)) for number in range(settings.nodes)]
        self.endpoint = access.reachable(group.primary_endpoint_address)
        self.credentials = StoredSecret(
            f"{name}-credentials",
            StoredSecretArgs(
                context=context,
                secret_name=f"{context.prefix}-redis-credentials",
                description="Token of the cache",
                values={"auth_token": token, "host": self.endpoint, "port": str(PORT)},
            ),
            child,
        )
        self.register_outputs({"endpoint": self.endpoint})


def _member(number: int) -> Callable[[Sequence[str]], str]:
    # A group that gets more nodes in this update has the old number of members in a preview.
    return lambda members: members[min(number, len(members) - 1)]
