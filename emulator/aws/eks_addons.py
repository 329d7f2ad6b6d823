"""What an EKS add-on does: install itself into the cluster."""

import json
from typing import Any

from emulator.plugins.provider import Call, PartialError, ProviderError
from emulator.store import Store, StoredObject


def install_addon(store: Store, stored: StoredObject, call: Call) -> None:
    """Install it; one that does not become healthy exists all the same, as in EKS.

    Raises:
        ProviderError: EKS does not know the add-on or refuses its configuration.
        PartialError: It is there and degraded.
    """
    from emulator.kubernetes import addons

    del store
    outputs = stored.outputs
    try:
        addons.install(
            outputs["clusterName"],
            outputs["addonName"],
            outputs.get("serviceAccountRoleArn", ""),
            _configuration(stored),
            call,
        )
    except addons.AddonDegraded as error:
        reason = f"EKS add-on {stored.id} did not become ACTIVE, its last state is DEGRADED: {error}"
        raise PartialError(reason, stored.id, outputs, stored.inputs) from error
    except addons.InvalidConfiguration as error:
        raise ProviderError(f"EKS add-on {stored.id}: {error}") from error


def update_addon(store: Store, _old: StoredObject, new: StoredObject, call: Call) -> None:
    """Install it again with the new configuration."""
    install_addon(store, new, call)


def remove_addon(store: Store, stored: StoredObject) -> None:
    """Remove it from the cluster, or only from EKS's care when it is to be preserved."""
    from emulator.kubernetes import addons

    del store
    if not stored.outputs.get("preserve"):
        addons.remove(stored.outputs["clusterName"], stored.outputs["addonName"])


def _configuration(stored: StoredObject) -> dict[str, Any]:
    text = stored.outputs.get("configurationValues") or "{}"
    try:
        return json.loads(text)
    except ValueError:
        raise ProviderError(
            f"InvalidParameterException: configurationValues of {stored.id} is {text!r}; EKS accepts JSON"
        ) from None
