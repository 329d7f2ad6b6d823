"""EKS add-ons, which install themselves into the cluster."""

import json
from typing import Any

from emulator.aws.account import AwsAccount
from emulator.contract import AddonDegraded, InvalidConfiguration
from emulator.plugins.provider import Call, PartialError, ProviderError
from emulator.store import StoredObject


def install_addon(account: AwsAccount, stored: StoredObject, call: Call) -> None:
    """Install it; one that does not become healthy exists all the same, as in EKS.

    Raises:
        ProviderError: EKS does not know the add-on or refuses its configuration.
        PartialError: It is there and degraded.
    """
    outputs = stored.outputs
    try:
        account.clusters.install_addon(
            outputs["clusterName"],
            outputs["addonName"],
            outputs.get("serviceAccountRoleArn", ""),
            _configuration(stored),
            call,
        )
    except AddonDegraded as error:
        reason = f"EKS add-on {stored.id} did not become ACTIVE, its last state is DEGRADED: {error}"
        raise PartialError(reason, stored.id, outputs, stored.inputs) from error
    except InvalidConfiguration as error:
        raise ProviderError(f"EKS add-on {stored.id}: {error}") from error


def update_addon(account: AwsAccount, _old: StoredObject, new: StoredObject, call: Call) -> None:
    """Install it again with the new configuration."""
    install_addon(account, new, call)


def remove_addon(account: AwsAccount, stored: StoredObject) -> None:
    """Remove it from the cluster, or only from EKS's care when it is to be preserved."""
    if not stored.outputs.get("preserve"):
        account.clusters.remove_addon(stored.outputs["clusterName"], stored.outputs["addonName"])


def health(account: AwsAccount, stored: StoredObject) -> dict[str, Any]:
    """Members of DescribeAddon's answer about how it is now."""
    cluster, _, name = stored.id.partition(":")
    said = account.clusters.addon_issues(cluster, name, _configuration(stored))
    found = [{"code": code, "message": message} for code, _, message in (each.partition(": ") for each in said)]
    return {"status": "DEGRADED" if found else "ACTIVE", "health": {"issues": found}}


def _configuration(stored: StoredObject) -> dict[str, Any]:
    text = stored.outputs.get("configurationValues") or "{}"
    try:
        return json.loads(text)
    except ValueError:
        raise ProviderError(
            f"InvalidParameterException: configurationValues of {stored.id} is {text!r}; EKS accepts JSON"
        ) from None
