"""The versions of EKS add-ons that the emulated EKS offers: invented ones, which say so and follow EKS's rules.

A kube-proxy is of one Kubernetes minor; every other add-on is for the minor that its version shows, and the next.
"""

from typing import Any

ADDONS = (
    "amazon-cloudwatch-observability", "aws-ebs-csi-driver", "coredns", "kube-proxy", "metrics-server", "vpc-cni",
)  # fmt: skip
"""The add-ons that the emulated EKS knows; `emulator/kubernetes/addons` installs them."""

_BUILDS = (2, 1)
"""The suffixes of each version, the newest first; the oldest is EKS's default."""

_OLDEST, _NEWEST = 35, 37
"""Kubernetes minors."""


def default(minor: str, addon: str) -> str:
    """The version that a new add-on gets."""
    del addon
    return _version(int(minor.partition(".")[2]), _BUILDS[-1])


def describe(addon: str, minor: str) -> dict[str, Any]:
    """The answer of DescribeAddonVersions: the versions for one minor, or for all without one."""
    offered: list[dict[str, Any]] = []
    for own in range(_NEWEST, _OLDEST - 1, -1):
        minors = [own] if addon == "kube-proxy" else [own, own + 1]
        for build in _BUILDS:
            fitting = [
                {"clusterVersion": f"1.{each}", "platformVersions": ["*"], "defaultVersion": each == own and build == 1}
                for each in minors
                if each <= _NEWEST and minor in ("", f"1.{each}")
            ]
            if fitting:
                offered.append({"addonVersion": _version(own, build), "compatibilities": fitting})
    return {"addons": [{"addonName": addon, "addonVersions": offered}] if offered else []}


def _version(minor: int, build: int) -> str:
    return f"v1.{minor}.0-emulated.{build}"
