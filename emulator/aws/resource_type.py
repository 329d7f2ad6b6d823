"""The shape of a catalogue entry: everything the emulator knows about one AWS resource type."""

import hashlib
import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from emulator.aws.account import AwsAccount
from emulator.aws.identity import DNS_SUFFIX, PARTITION, Identity
from emulator.plugins.provider import Call
from emulator.store import StoredObject, Transaction

Outputs = Mapping[str, Any]


@dataclass(frozen=True)
class Context:
    """The facts that an entry may use when it makes an id or outputs.

    Attributes:
        seed: What generated values derive from: random for a new id, the id itself for outputs, so that they stay.
        created: When the object was created, RFC 3339.
        previous: The outputs before an update; empty at creation.
        find: Outputs of another object by type and id; empty if it is not there (as in unit tests).
    """

    identity: Identity
    name: str
    inputs: Mapping[str, Any]
    seed: str
    created: str
    id: str = ""
    previous: Outputs = field(default_factory=dict[str, Any])
    find: Callable[[str, str], Outputs] = lambda _type, _id: {}

    @property
    def account(self) -> str:
        """Twelve digits."""
        return self.identity.account

    @property
    def region(self) -> str:
        """The resource's own region, or the provider's."""
        return str(self.inputs.get("region") or self.identity.region)

    def arn(self, service: str, resource: str) -> str:
        """The ARN of something regional."""
        return f"arn:{PARTITION}:{service}:{self.region}:{self.account}:{resource}"

    def global_arn(self, service: str, resource: str) -> str:
        """The ARN of something without a region, like everything in IAM."""
        return f"arn:{PARTITION}:{service}::{self.account}:{resource}"

    def hex(self, purpose: str, digits: int) -> str:
        """Hexadecimal digits that stay the same for this object and purpose."""
        return hashlib.sha256(f"{self.seed}/{purpose}".encode()).hexdigest()[:digits]

    def uuid(self, purpose: str) -> str:
        """Digits grouped like a UUID's, as KMS and ACM write them."""
        digits = self.hex(purpose, 32)
        return "-".join([digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]])

    def host(self, *labels: str) -> str:
        """A DNS name under AWS's suffix, like `x.ap-northeast-2.rds.amazonaws.com`."""
        return ".".join([*labels, DNS_SUFFIX])

    def letters(self, purpose: str, count: int) -> str:
        """Capital letters and digits, as IAM and CloudFront use in their ids."""
        digest = hashlib.sha256(f"{self.seed}/{purpose}".encode()).digest()
        return "".join("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[byte % 32] for byte in digest[:count])

    def private_ip(self, subnet_id: str, purpose: str = "address") -> str:
        """An address inside the subnet (never one of the five that AWS reserves in it)."""
        cidr = self.find("aws:ec2/subnet:Subnet", subnet_id).get("cidrBlock", "10.0.0.0/24")
        network = ipaddress.ip_network(cidr)
        return str(network[4 + int(self.hex(purpose, 8), 16) % (network.num_addresses - 5)])


@dataclass(frozen=True)
class Reference:
    """A property whose value names another object.

    Attributes:
        path: Of the property, like `vpcConfig.subnetIds`; lists count item by item.
        type: Type token of the object it names.
        key: `id`, or the output that the value equals, like `arn`.
        holds: Whether AWS refuses to delete the named object while this one exists.
        external: Prefixes of values that AWS itself owns, like its managed policies.
    """

    path: str
    type: str
    key: str = "id"
    holds: bool = True
    external: tuple[str, ...] = ()


Hook = Callable[[AwsAccount, StoredObject, Call], Outputs | None]
Update = Callable[[AwsAccount, StoredObject, StoredObject, Call], Outputs | None]


def _nothing(_account: AwsAccount, _stored: StoredObject, _call: Call) -> Outputs | None:
    return None


@dataclass(frozen=True)
class ResourceType:
    """One AWS resource type.

    Attributes:
        type: Pulumi's type token.
        id: Makes the physical id.
        oracle: The CloudFormation type that says what is required, allowed and replaced; empty when there is none.
        names: CloudFormation's property (or path with `/`) to the provider's; empty when the provider has none.
        also_replaces: Properties that the provider replaces on although CloudFormation does not, with the reason.
        replaces_when: Properties that the provider replaces on for some changes only, each with whether it does for the
            old and the new value.
        updates_in_place: Properties that the provider updates although CloudFormation replaces, with the reason.
        optional: Properties that CloudFormation requires and the provider does not, with the reason.
        defaults: Outputs that AWS fills in when the program leaves the input out.
        outputs: Computed outputs.
        volatile: Outputs that any update changes.
        unique: Properties that together may exist only once.
        imported_by: The id by which the provider imports one, where it is not its id.
        puts: Whether AWS puts what is sent in the place of what is there, when one is created that exists.
        duplicate: What AWS says when one of that id exists already; empty for the emulator's own words.
        requires: Checked with the references, before creation and update, inside the same transaction.
        refuses_delete: Raises when AWS would refuse the deletion for another reason than a reference.
        patience: Seconds for which the provider asks again when AWS refuses a deletion.
        created, updated, deleted: What else happens then; their answer joins the outputs. The first two get the call,
            whose timeout and interruption end whatever they wait for. The old object of an update has the outputs
            that AWS has, and the inputs that the engine remembers.
        keeps: Whether a deleted one stays for a while, pending deletion (KMS keys, secrets).
        owned_by_aws: Only AWS makes these; a program cannot.
        kept: Properties that stay as they are in AWS when the program leaves them out.
        deferred: Properties whose change waits for the maintenance window, unless `applyImmediately` is set.
        answered_as_wanted: Those of them that the provider answers with the wanted value while it waits, each with the
            output that has the value in use.
        window: The property with the maintenance window.
        deletes_first: The id comes from properties that a replacement keeps, so both cannot exist at once.
        seconds: Typical time that AWS takes to create and to delete one.
    """

    type: str
    id: Callable[[Context], str]
    oracle: str = ""
    names: Mapping[str, str] = field(default_factory=dict[str, str])
    also_replaces: Mapping[str, str] = field(default_factory=dict[str, str])
    replaces_when: Mapping[str, Callable[[Any, Any], bool]] = field(
        default_factory=dict[str, Callable[[Any, Any], bool]]
    )
    updates_in_place: Mapping[str, str] = field(default_factory=dict[str, str])
    optional: Mapping[str, str] = field(default_factory=dict[str, str])
    defaults: Mapping[str, Any] = field(default_factory=dict[str, Any])
    outputs: Callable[[Context], Outputs] = lambda _: {}
    volatile: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    unique: tuple[str, ...] = ()
    imported_by: Callable[[StoredObject], str] | None = None
    puts: bool = False
    duplicate: str = ""
    name_property: str = ""
    taggable: bool = True
    regional: bool = True
    requires: Callable[[Transaction, StoredObject], None] = lambda _transaction, _stored: None
    refuses_delete: Callable[[Transaction, StoredObject], None] = lambda _transaction, _stored: None
    patience: float = 0
    created: Hook = _nothing
    updated: Update = lambda _account, _old, _new, _call: None
    deleted: Callable[[AwsAccount, StoredObject], None] = lambda _account, _stored: None
    keeps: Callable[[StoredObject], bool] = lambda _stored: False
    kept: tuple[str, ...] = ()
    deferred: tuple[str, ...] = ()
    answered_as_wanted: Mapping[str, str] = field(default_factory=dict[str, str])
    window: str = ""
    owned_by_aws: bool = False
    deletes_first: bool = False
    seconds: tuple[int, int] = (1, 1)


def drawn(prefix: str) -> Callable[[Context], str]:
    """Ids like EC2's: `vpc-0` and sixteen hexadecimal digits."""
    return lambda context: f"{prefix}-0{context.hex('id', 16)}"


def named(property_: str = "name") -> Callable[[Context], str]:
    """Ids that are the object's own name."""
    return lambda context: str(context.inputs[property_])


def because(reason: str, *properties: str) -> dict[str, str]:
    """One reason for several properties."""
    return {property_: reason for property_ in properties}  # noqa: C420 - `fromkeys` narrows the type of the keys
