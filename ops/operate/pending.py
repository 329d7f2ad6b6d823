"""Reads what a killed operation left pending in Pulumi's state, and completes creations that AWS has finished.

`pulumi refresh --import-pending-creates URN ID` is meant for that. The engine (3.274.1, seen in its source and tried)
only forgets these operations: no resource comes of them. `pulumi import` makes resources without the dependencies that
the killed operation knew, so that a `destroy` would delete in a wrong order. So the state is completed as the engine
would have done it, and a refresh reads the rest from AWS.
"""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.urns import name_of, type_of
from ops import deployed
from ops.deploy import engine
from ops.objects import part, parts
from ops.operate.acting import NotDone
from ops.operate.deployments import BadHistory
from ops.state_folder import state_folder

_NAMES = ("name", "bucket", "clusterIdentifier", "identifier", "replicationGroupId", "nodeGroupName", "cidrBlock")
"""Inputs by which one finds a resource in AWS, as most names are generated before it is created."""


@dataclass(frozen=True)
class Operation:
    """An operation that had begun when the engine ended, and of which it does not know the end.

    Attributes:
        urn: The resource.
        kind: `creating`, `updating`, `deleting` or another participle of the engine's.
        inputs: What the provider was to do, after its own check: with generated names and all tags.
        parent: The URN of the component that the resource is part of.
        provider: The URN of the provider that was to do it.
    """

    urn: str
    kind: str
    inputs: Mapping[str, Any]
    parent: str = ""
    provider: str = ""

    @property
    def type(self) -> str:
        """Return the resource's type token."""
        return type_of(self.urn)

    @property
    def of_default_provider(self) -> bool:
        """Return whether the stack's own credentials reach it. Another provider may be for another account."""
        return not self.provider or name_of(self.provider).startswith("default")

    @property
    def told(self) -> str:
        """Return the resource as one finds it in the program and in AWS."""
        known = next((self.inputs[key] for key in _NAMES if isinstance(self.inputs.get(key), str)), "")
        return f"{name_of(self.urn)} ({', '.join(filter(None, (self.type, known)))})"


@dataclass(frozen=True)
class Exported:
    """A stack's state, as `pulumi stack export` prints it."""

    content: Mapping[str, Any]

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Return the pending operations on what is more than a component; one that was begun again is there once."""
        begun: dict[tuple[str, str], Operation] = {}
        for each in parts(self.content, "deployment", "pending_operations"):
            resource, kind = part(each, "resource"), str(each.get("type"))
            if resource.get("custom") is False:
                continue
            urn, parent = str(resource["urn"]), str(resource.get("parent") or "")
            provider = str(resource.get("provider") or "").rpartition("::")[0]
            begun[urn, kind] = Operation(urn, kind, part(resource, "inputs"), parent, provider)
        return tuple(begun.values())

    @property
    def has_pending(self) -> bool:
        """Return whether any operation is pending, also one on a component."""
        return bool(parts(self.content, "deployment", "pending_operations"))

    @property
    def has_resources(self) -> bool:
        """Return whether the state has resources: that of a stack which was destroyed has none."""
        return bool(parts(self.content, "deployment", "resources"))

    def ids(self, type_: str) -> frozenset[str]:
        """Return the ids of the resources of a type that the state has."""
        resources = parts(self.content, "deployment", "resources")
        return frozenset(str(each["id"]) for each in resources if each.get("type") == type_ and "id" in each)

    def completed(self, ids: Mapping[str, str]) -> dict[str, Any]:
        """Return the state after these creations, by URN with the id by which the provider imports each.

        Without outputs, the next refresh imports the resource by its id, and drops it if it is not there. What a
        creation was to replace is marked as the engine marks it: it is deleted at the end of the next deployment.
        """
        pending = parts(self.content, "deployment", "pending_operations")
        made: dict[str, dict[str, Any]] = {
            str(each["resource"]["urn"]): {**each["resource"], "id": ids[str(each["resource"]["urn"])], "outputs": {}}
            for each in pending
            if each.get("type") == "creating" and str(each["resource"]["urn"]) in ids
        }
        resources: list[dict[str, Any]] = []
        for each in parts(self.content, "deployment", "resources"):
            if new := made.pop(str(each["urn"]), None):
                # What depends on it comes after the old one, so this is where the new one belongs.
                resources.append(new)
                if each.get("pendingReplacement"):
                    continue
                each = {**each, "delete": True}
            resources.append(each)
        deployment = {**part(self.content, "deployment"), "resources": [*resources, *made.values()]}
        return {**self.content, "deployment": {**deployment, "pending_operations": []}}


def export(stack: str) -> Exported:
    """Return the state of a stack. What is secret in it stays encrypted.

    Raises:
        NotDeployed: The engine does not know the stack.
        BadHistory: It cannot be read.
    """
    done = deployed.ask(stack, "stack", "export")
    if done.returncode:
        raise BadHistory(f"the state of {stack} cannot be read: {done.stderr.strip().removeprefix('error: ')}")
    return Exported(json.loads(done.stdout))


def complete(stack: str, exported: Exported, ids: Mapping[str, str]) -> None:
    """Write the state with these creations in it, after a copy of what it was.

    Raises:
        NotDone: Pulumi does not take it, and the state is as before.
    """
    _file(stack, "before-recover", exported.content)
    completed = _file(stack, "recovered", exported.completed(ids))
    done = engine.quiet("stack", "import", "--stack", stack, "--file", str(completed), "--non-interactive")
    completed.unlink()
    if done.returncode:
        raise NotDone(f"`pulumi stack import` failed: {done.stderr.strip().removeprefix('error: ')}")


def copy_of(stack: str) -> Path:
    """Return where the state is kept as it was before `complete`."""
    return state_folder() / f"{stack}-before-recover.json"


def _file(stack: str, what: str, content: Mapping[str, Any]) -> Path:
    path = state_folder() / f"{stack}-{what}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        json.dump(content, file)
    return path


def names(operations: Sequence[Operation]) -> str:
    """Return operations as one sentence's part."""
    return "; ".join(f"{each.told} was {each.kind}" for each in operations)
