"""For every rule: a resource that keeps it, how to break it, and a value that decides and may not be known yet."""

import json
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any

from policies.resources import UNKNOWN, Resource

MISSING = object()
"""Takes the property out."""

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Case:
    """A rule's example.

    Attributes:
        type: Type of the resource that keeps the rule.
        good: Its properties.
        broken: What to put where, to break the rule.
        decides: Where the value stands that the rule needs; None if it only has to be there, known or not.
        companions: Stack rules: what makes the resource keep the rule, each a type and properties; the property that
            names the resource is `link`.
        around: Stack rules: other resources of the stack, whether it keeps the rule or not.
        references: Where the broken resource's properties come from.
        protect: The good resource's option of this name.
    """

    type: str
    good: Mapping[str, Any]
    broken: Mapping[Path, Any] = field(default_factory=dict[Path, Any])
    decides: Path | None = None
    companions: Sequence[tuple[str, Mapping[str, Any]]] = ()
    around: Sequence[Resource] = ()
    references: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    link: str = "bucket"
    protect: bool = True

    def resource(self, content: Mapping[str, Any], protect: bool | None = None) -> Resource:
        """The resource with these properties."""
        return Resource(
            self.type, "subject", content, urn="urn:subject", protect=self.protect if protect is None else protect
        )

    def passing(self) -> list[Resource]:
        """The resource as it should be, first, and its companions."""
        made = [
            Resource(type_, f"companion-{i}", content, f"urn:{i}", references={self.link: ["urn:subject"]})
            for i, (type_, content) in enumerate(self.companions)
        ]
        return [self.resource(self.good), *made, *self.around]

    def failing(self) -> list[Resource]:
        """The resource, broken and without companions, first."""
        broken = replace(self.resource(changed(self.good, self.broken), protect=False), references=self.references)
        return [broken, *self.around]

    def unknown(self) -> list[Resource]:
        """The broken resource in a preview that does not know the value that decides."""
        subject, *companions = self.passing()
        if self.decides is None:
            return [subject, *companions]
        place = {self.decides: UNKNOWN}
        if companions:
            first = companions[0]
            hidden = Resource(
                first.type, first.name, changed(first.content, place), first.urn, False, {}, first.references
            )
            return [subject, hidden, *companions[1:]]
        return [self.resource(changed(changed(self.good, self.broken), place), protect=False)]


def changed(content: Mapping[str, Any], changes: Mapping[Path, Any]) -> dict[str, Any]:
    """A copy with other values at these places."""
    result: Any = deepcopy(dict(content))
    for (*way, last), value in changes.items():
        target = result
        for step in way:
            target = target[step]
        if value is MISSING:
            target.pop(last, None)
        else:
            target[last] = value
    return result


def document(*statements: Mapping[str, Any]) -> str:
    """A policy document."""
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **entry} for entry in statements]})


ISSUER = "oidc.eks.ap-northeast-2.amazonaws.com/id/0123456789ABCDEF"
KEY = "arn:aws:kms:ap-northeast-2:123456789012:key/11111111-2222-3333-4444-555555555555"
READ = {"Action": "s3:GetObject", "Resource": "arn:aws:s3:::shop/*"}
TLS_ONLY = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": ["arn:aws:s3:::shop", "arn:aws:s3:::shop/*"],
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}


def web_identity(**claims: str) -> str:
    """The trust policy of a service account's role."""
    return document(
        {
            "Principal": {"Federated": f"arn:aws:iam::123456789012:oidc-provider/{ISSUER}"},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {"StringEquals": {f"{ISSUER}:{claim}": value for claim, value in claims.items()}},
        }
    )


BUCKET: dict[str, Any] = {"forceDestroy": False}
DATABASE: dict[str, Any] = {
    "engine": "aurora-mysql",
    "engineVersion": "8.0.mysql_aurora.3.12.0",
    "masterUsername": "shop",
    "masterPassword": "correct-horse-battery",
    "storageEncrypted": True,
    "kmsKeyId": KEY,
    "backupRetentionPeriod": 30,
    "skipFinalSnapshot": False,
    "finalSnapshotIdentifier": "shop-final",
    "deletionProtection": True,
    "enabledCloudwatchLogsExports": ["error", "slowquery"],
}
PARAMETERS: dict[str, Any] = {
    "family": "aurora-mysql8.0",
    "parameters": [{"name": "require_secure_transport", "value": "ON"}],
}
NODE_GROUP: dict[str, Any] = {
    "clusterName": "shop",
    "instanceTypes": ["m7g.large"],
    "nodeRoleArn": "arn:aws:iam::123456789012:role/nodes",
    "subnetIds": ["subnet-0123456789abcdef0"],
    "scalingConfig": {"desiredSize": 2, "maxSize": 400, "minSize": 1},
}
CACHE: dict[str, Any] = {
    "description": "Sessions",
    "engine": "valkey",
    "nodeType": "cache.t4g.small",
    "numCacheClusters": 2,
    "atRestEncryptionEnabled": True,
    "transitEncryptionEnabled": True,
    "kmsKeyId": KEY,
    "snapshotRetentionLimit": 7,
    "automaticFailoverEnabled": True,
}
CLUSTER: dict[str, Any] = {
    "roleArn": "arn:aws:iam::123456789012:role/cluster",
    "vpcConfig": {
        "subnetIds": ["subnet-11111111", "subnet-22222222"],
        "endpointPublicAccess": True,
        "endpointPrivateAccess": True,
        "publicAccessCidrs": ["203.0.113.0/24"],
    },
    "encryptionConfig": {"provider": {"keyArn": KEY}, "resources": ["secrets"]},
    "enabledClusterLogTypes": ["api", "audit", "authenticator"],
    "deletionProtection": True,
}
TEMPLATE: dict[str, Any] = {
    "blockDeviceMappings": [{"deviceName": "/dev/xvda", "ebs": {"volumeSize": 50, "encrypted": "true"}}],
    "metadataOptions": {"httpEndpoint": "enabled", "httpTokens": "required", "httpPutResponseHopLimit": 1},
}
REPOSITORY: dict[str, Any] = {
    "name": "shop/web",
    "imageTagMutability": "IMMUTABLE",
    "imageScanningConfiguration": {"scanOnPush": True},
    "encryptionConfigurations": [{"encryptionType": "KMS", "kmsKey": KEY}],
    "forceDelete": False,
}
CONTAINER: dict[str, Any] = {
    "name": "web",
    "image": "123456789012.dkr.ecr.ap-northeast-2.amazonaws.com/shop/web@sha256:" + "0" * 64,
    "env": [{"name": "LOG_LEVEL", "value": "info"}],
    "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"memory": "64Mi"}},
    "securityContext": {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    },
}
DEPLOYMENT: dict[str, Any] = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web", "namespace": "shop"},
    "spec": {
        "selector": {"matchLabels": {"app": "web"}},
        "template": {
            "metadata": {"labels": {"app": "web"}},
            "spec": {
                "serviceAccountName": "web",
                "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
                "containers": [CONTAINER],
                "volumes": [{"name": "tmp", "emptyDir": {}}],
            },
        },
    },
}
POD: Path = ("spec", "template", "spec")
FIRST: Path = (*POD, "containers", 0)
NAMESPACE: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Namespace",
    "metadata": {"name": "shop", "labels": {"pod-security.kubernetes.io/enforce": "restricted"}},
}
INGRESS: dict[str, Any] = {
    "apiVersion": "networking.k8s.io/v1",
    "kind": "Ingress",
    "metadata": {
        "name": "shop",
        "namespace": "shop",
        "annotations": {
            "alb.ingress.kubernetes.io/listen-ports": '[{"HTTP": 80}, {"HTTPS": 443}]',
            "alb.ingress.kubernetes.io/ssl-redirect": "443",
        },
    },
}
DISTRIBUTION: dict[str, Any] = {
    "enabled": True,
    "origins": [{"originId": "shop", "domainName": "shop.s3.ap-northeast-2.amazonaws.com"}],
    "defaultCacheBehavior": {
        "allowedMethods": ["GET", "HEAD"],
        "cachedMethods": ["GET", "HEAD"],
        "targetOriginId": "shop",
        "viewerProtocolPolicy": "redirect-to-https",
        "cachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
    },
    "restrictions": {"geoRestriction": {"restrictionType": "none"}},
    "viewerCertificate": {"cloudfrontDefaultCertificate": True},
}
INGRESS_RULE: dict[str, Any] = {
    "securityGroupId": "sg-11111111",
    "ipProtocol": "tcp",
    "fromPort": 443,
    "toPort": 443,
    "cidrIpv4": "0.0.0.0/0",
}
