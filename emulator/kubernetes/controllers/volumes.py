"""Stands in for the EBS CSI driver: makes volumes for claims in the zone of the pod's node, grows and deletes them."""

import hashlib

from emulator.kubernetes.addons.addon import NAMESPACE, labels
from emulator.kubernetes.addons.ebs_csi import CONTROLLER, DRIVER, ROLE_ACTION
from emulator.kubernetes.api import ApiError, Object
from emulator.kubernetes.controllers.context import Context, Identity

_KEY_ACTIONS = ("kms:CreateGrant", "kms:GenerateDataKeyWithoutPlaintext")
_ZONE = "topology.kubernetes.io/zone"
_SELECTED_NODE = "volume.kubernetes.io/selected-node"
_PROVISIONED_BY = "pv.kubernetes.io/provisioned-by"


def reconcile(context: Context) -> None:
    """Provision volumes for pending claims, let them grow with their claims, and delete released ones."""
    classes = {
        each["metadata"]["name"]: each
        for each in context.api.list("storage.k8s.io/v1", "StorageClass")
        if each["provisioner"] == DRIVER
    }
    if not classes:
        return
    selector = ",".join(f"{key}={value}" for key, value in labels(CONTROLLER).items())
    identity = context.running(selector, NAMESPACE)
    if identity is None:
        return
    for claim in context.api.list("v1", "PersistentVolumeClaim"):
        storage_class = classes.get(claim["spec"].get("storageClassName", ""))
        pending = claim.get("status", {}).get("phase") == "Pending" and not claim["spec"].get("volumeName")
        if storage_class is None or not pending:
            continue
        denied = _denied(context, identity, storage_class)
        if denied:
            message = f"failed to provision volume with StorageClass {claim['spec']['storageClassName']!r}: {denied}"
            context.event(claim, "Warning", "ProvisioningFailed", message, controller=selector, component=DRIVER)
        else:
            _provision(context, claim, storage_class)
    for volume in context.api.list("v1", "PersistentVolume"):
        ours = volume["metadata"].get("annotations", {}).get(_PROVISIONED_BY) == DRIVER
        if ours and not context.denied(identity, ["ec2:ModifyVolume"]):
            _grow(context, volume)
        unused = volume.get("status", {}).get("phase") == "Released"
        deletes = volume["spec"].get("persistentVolumeReclaimPolicy") == "Delete"
        if ours and unused and deletes and not context.denied(identity, ["ec2:DeleteVolume"]):
            context.aws.delete_volume(volume["spec"]["csi"]["volumeHandle"])
            context.api.delete(volume, "Background")


def _denied(context: Context, identity: Identity, storage_class: Object) -> str:
    """Return why the driver may not create a volume of the class, for lack of EC2's or the key's permissions."""
    denied = context.denied(identity, [ROLE_ACTION])
    key = (storage_class.get("parameters") or {}).get("kmsKeyId", "")
    return denied or (context.denied(identity, _KEY_ACTIONS, key) if key else "")


def _provision(context: Context, claim: Object, storage_class: Object) -> None:
    node_name = claim["metadata"].get("annotations", {}).get(_SELECTED_NODE, "")
    if not node_name and storage_class.get("volumeBindingMode") == "WaitForFirstConsumer":
        return
    nodes = context.api.list("v1", "Node")
    node = next((each for each in nodes if node_name in ("", each["metadata"]["name"])), None)
    if node is None:
        return
    zone = node["metadata"]["labels"][_ZONE]
    made = volume(claim, storage_class, zone)
    # The volume is part of the account and survives the cluster.
    tags = {f"kubernetes.io/created-for/pvc/{key}": claim["metadata"][key] for key in ("name", "namespace")}
    context.aws.create_volume(made["spec"]["csi"]["volumeHandle"], zone, tags)
    try:
        context.api.request("POST", "/api/v1/persistentvolumes", made)
    except ApiError as error:
        if error.status != 409:
            raise


def _grow(context: Context, volume: Object) -> None:
    """Give the volume the size that its claim asks for by now. The API server admits no smaller one."""
    of = volume["spec"]["claimRef"]
    claim = context.api.get("v1", "PersistentVolumeClaim", of["namespace"], of["name"])
    if claim is None or claim["metadata"]["uid"] != of["uid"] or claim.get("status", {}).get("phase") != "Bound":
        return
    size = {"storage": claim["spec"]["resources"]["requests"]["storage"]}
    if claim["status"].get("capacity") != size:
        context.api.patch(volume, {"spec": {"capacity": size}})
        context.api.patch(claim, {"status": {"capacity": size}}, "status")


def volume(claim: Object, storage_class: Object, zone: str) -> Object:
    """Build the PersistentVolume for a claim, bound to its zone as an EBS volume is."""
    metadata, spec = claim["metadata"], claim["spec"]
    handle = f"vol-0{hashlib.sha256(metadata['uid'].encode()).hexdigest()[:16]}"
    reference = {"apiVersion": "v1", "kind": "PersistentVolumeClaim"}
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": f"pvc-{metadata['uid']}", "annotations": {_PROVISIONED_BY: DRIVER}},
        "spec": {
            "capacity": {"storage": spec["resources"]["requests"]["storage"]},
            "accessModes": spec["accessModes"],
            "storageClassName": spec["storageClassName"],
            "persistentVolumeReclaimPolicy": storage_class.get("reclaimPolicy", "Delete"),
            "claimRef": {**reference, **{key: metadata[key] for key in ("name", "namespace", "uid")}},
            "csi": {"driver": DRIVER, "volumeHandle": handle, "fsType": "ext4"},
            "nodeAffinity": {
                "required": {
                    "nodeSelectorTerms": [{"matchExpressions": [{"key": _ZONE, "operator": "In", "values": [zone]}]}]
                }
            },
        },
    }
