"""Versions that the program pins, each with its source. Those of charts are in `components.addons`."""

import re

KUBERNETES_VERSIONS = ("1.35", "1.36", "1.37")
"""Minors in EKS standard support that this program supports. 1.34 leaves it on 2026-12-02
(https://endoflife.date/amazon-eks, read 2026-08-22)."""

DATABASE_CLIENT_IMAGE = (
    "public.ecr.aws/docker/library/mysql:8.4.11@sha256:b3b90af2a6552ae30c266fdb7d5dd55f3afb72404bb78d37fe8a23eb857fd3fb"
)
"""The Docker official image, for amd64 and arm64 (https://github.com/docker-library/official-images, library/mysql at
fdc070e9), from Amazon ECR Public, which copies these and asks no rate limit of AWS. 8.4 is the long-term series whose
client still speaks Aurora MySQL 3's default authentication, mysql_native_password.

The digest is that of the index of both architectures, second-hand: a dozen public projects of 2026-09 and 2026-10 pin
it on Docker Hub, one of them with the architectures. ECR Public keeps Docker Hub's digests: projects pin 8.4.10 by the
same one on both."""

AURORA_MYSQL = "8.0.mysql_aurora.3.12.0"
"""MySQL 8.0.44, released 2026-02-17 (https://docs.aws.amazon.com/AmazonRDS/latest/AuroraMySQLReleaseNotes/, read
2026-11-23). A newer 3.x is an upgrade in place."""

AURORA_MYSQL_FAMILY = "aurora-mysql8.0"
"""The family of the parameter groups of every Aurora MySQL 3, by the same notes."""

CACHE_ENGINES = {"valkey": ("8.2", "8.1", "8.0", "7.2"), "redis": ("7.1",)}
"""Versions by engine, the default first (https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/engine-versions.html,
read 2026-11-23). 7.1 is the last one of Redis OSS."""


def is_older(version: str, other: str) -> bool:
    """Return whether a version comes before another one, number by number. False if either is empty."""
    first, second = ([int(number) for number in re.findall(r"\d+", each)] for each in (version, other))
    return bool(first and second) and first < second
