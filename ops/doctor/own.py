"""What a stack that is deployed already has of the account, so that a look before a deployment does not count it."""

from dataclasses import dataclass

from analysis import stack_file
from analysis.preview import State
from analysis.state import BadState
from ops.errors import NotDeployed
from ops.exported import from_stack
from ops.objects import Object, parts

_STORED = "aws:secretsmanager/secret:Secret"
_CLUSTER_TAG = "eks:cluster-name"
"""The tag that EKS gives to the instances of its managed node groups."""


@dataclass(frozen=True)
class Own:
    """What a stack has; nothing if it is not deployed, or if that is not known.

    Attributes:
        states: Its resources.
        cluster: The name of its cluster.
    """

    states: tuple[State, ...] = ()
    cluster: str = ""

    def has(self, identifier: object) -> bool:
        """Whether the stack has the object of this id, such as a VPC's."""
        return any(state.custom and state.id == identifier for state in self.states)

    def has_secret(self, name: str) -> bool:
        """Whether the stack has the secret of this name."""
        return any(state.type == _STORED and state.outputs.get("name") == name for state in self.states)

    def has_node(self, instance: Object) -> bool:
        """Whether an instance is a node of the stack's cluster."""
        tags = {str(each.get("Key")): each.get("Value") for each in parts(instance, "Tags")}
        return bool(self.states) and tags.get(_CLUSTER_TAG) == self.cluster


def own(stack: str) -> Own:
    """Return what the stack has. A look before the first deployment needs no `pulumi`, so its absence is no error."""
    try:
        return Own(from_stack(stack), f"{stack_file.prefix(stack)}-eks")
    except (BadState, NotDeployed):
        return Own()
