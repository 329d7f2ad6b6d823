"""ExternalSecrets that are not synced, and which key, property, version or role is in the way."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ops.doctor.commands import Commands
from ops.doctor.finding import Cause, Finding, Harm, Ref, Words
from ops.doctor.objects import ref_of
from ops.doctor.snapshot import Snapshot
from ops.named_secrets import SECRET, file_with, of_chat, setting, version_key
from ops.objects import Object, condition

_NO_PROPERTY = re.compile(r"key (\S+) does not exist in secret (\S+)")
_NO_VERSION = re.compile(r"can't find the specified secret value", re.IGNORECASE)
_NO_SECRET = re.compile(r"can't find the specified secret\b(?! value)|Secret does not exist", re.IGNORECASE)
_DENIED = re.compile(r"not authorized|Not authorized|AccessDenied|not allowed")
_ROLE = re.compile(r":assumed-role/([\w+=,.@-]+)|:role/(?:[\w+=,.@-]+/)*([\w+=,.@-]+)")
_OPERATOR = Ref("Deployment", "kube-system", "external-secrets")


@dataclass(frozen=True)
class MissingProperty:
    """A secret in Secrets Manager has no such key in its JSON."""

    secret: str
    property: str
    by_hand: bool

    def words(self, commands: Commands) -> Words:
        """Say it."""
        what = f"The secret {self.secret} has no key {self.property}"
        why = ("A Secret of the cluster is made of it, and pods that need that Secret cannot start.",)
        if self.by_hand:
            first = f"Write all of its keys as JSON into {file_with(self.secret)}"
            return Words(what, why, commands.aws(setting(self.secret)), first)
        return Words(what, why, commands.make("repair"), note="the program sets its value")


@dataclass(frozen=True)
class MissingVersion:
    """A secret in Secrets Manager has no such version. `versions` are those that it has."""

    secret: str
    version: str
    versions: tuple[str, ...]
    by_hand: bool

    def words(self, commands: Commands) -> Words:
        """Say it."""
        what = f"The secret {self.secret} has no version {self.version or 'at all: nobody has set its value'}"
        why = (f"It has: {', '.join(self.versions)}",) if self.versions else ()
        if self.by_hand and self.version:
            key = f"`{version_key(self.secret)}` in {commands.file}"
            return Words(what, why, commands.make("up"), f"Set {key} to one that it has")
        if self.by_hand:
            first = f"Write its keys as JSON into {file_with(self.secret)}"
            return Words(what, why, commands.aws(setting(self.secret)), first)
        return Words(what, why, commands.make("repair"), note="the program sets its value")


@dataclass(frozen=True)
class MissingSecret:
    """There is no such secret in Secrets Manager, or it is `deleted` and can still be restored."""

    secret: str
    deleted: bool

    def words(self, commands: Commands) -> Words:
        """Say it."""
        if self.deleted:
            what = f"The secret {self.secret} has been deleted, and waits for the end of its recovery window"
            return Words(what, (), commands.aws(f"secretsmanager restore-secret --secret-id {self.secret}"))
        what = f"The secret {self.secret} is gone from Secrets Manager"
        return Words(what, (), commands.make("repair"), note="creates it again")


@dataclass(frozen=True)
class UnreadableSecret:
    """The operator's role may not read or decrypt a secret, or something else is in the way."""

    external: str
    namespace: str
    message: str
    denied: bool

    def words(self, commands: Commands) -> Words:
        """Say it."""
        what = f"The ExternalSecret {self.external} is not synced"
        if self.denied:
            return Words(what, (self.message,), commands.make("repair"), note="restores the role's policies")
        return Words(
            what, (self.message,), commands.kubectl(f"-n {self.namespace} describe externalsecret {self.external}")
        )


@dataclass(frozen=True)
class StoreTrouble:
    """The connection to Secrets Manager does not work, so no Secret is synced."""

    store: str
    message: str

    def words(self, commands: Commands) -> Words:
        """Say it."""
        what = f"No Secret is refreshed: the store {self.store} is not ready"
        return Words(what, (self.message,), commands.kubectl(f"describe clustersecretstore {self.store}"))


@dataclass(frozen=True)
class UnsetWebhook:
    """Nobody has set the address at which alarms are posted to a chat."""

    secret: str

    def words(self, commands: Commands) -> Words:
        """Say it."""
        what = f"Alarms do not reach the chat: nobody has set the address in the secret {self.secret}"
        first = f'Write {{"url": "https://..."}} with the webhook\'s address into {file_with(self.secret)}'
        return Words(what, (), commands.aws(setting(self.secret)), first)


def find(snapshot: Snapshot) -> Iterator[Finding]:
    """Yield a finding for each store and ExternalSecret that is not ready, and for a chat's secret without a value."""
    for store in snapshot.of_kind("ClusterSecretStore"):
        ready = condition(store, "Ready")
        if ready and ready.get("status") != "True":
            said = str(ready.get("message", ""))
            yield Finding(
                Harm.BLOCKED, StoreTrouble(ref_of(store).name, said), ref_of(store), (_OPERATOR, *roles(said))
            )
    for external in snapshot.of_kind("ExternalSecret"):
        ready = condition(external, "Ready")
        if ready and ready.get("status") != "True":
            ref = ref_of(external)
            said = _said(snapshot, ref, str(ready.get("message", "")))
            store = Ref("ClusterSecretStore", "", str(external["spec"].get("secretStoreRef", {}).get("name", "")))
            target = str(external["spec"].get("target", {}).get("name") or ref.name)
            cause = _cause(snapshot, external, said)
            about = Ref("Secret", ref.namespace, target)
            yield Finding(Harm.BLOCKED, cause, about, (store, _OPERATOR, *roles(said)))
    yield from _of_chat(snapshot)


def _of_chat(snapshot: Snapshot) -> Iterator[Finding]:
    for name in {str(each.outputs.get("name")) for each in snapshot.of_type(SECRET)}:
        if of_chat(name) and snapshot.secrets:
            about, known = Ref("Secret", "", name), snapshot.secrets.get(name)
            if known is None or known.get("DeletedDate"):
                yield Finding(Harm.LATER, MissingSecret(name, known is not None), about)
            elif not known.get("SecretVersionsToStages"):
                yield Finding(Harm.LATER, UnsetWebhook(name), about)


def roles(message: str) -> tuple[Ref, ...]:
    """Return the role that AWS refused something, by its message."""
    match = _ROLE.search(message) if _DENIED.search(message) else None
    return (Ref("Role", "", match[1] or match[2]),) if match else ()


def _said(snapshot: Snapshot, ref: Ref, message: str) -> str:
    """Return the message that tells more: the operator's condition sometimes says only that something failed."""
    event = snapshot.warning(ref, "UpdateFailed")
    telling = any(pattern.search(message) for pattern in (_NO_PROPERTY, _NO_VERSION, _NO_SECRET, _DENIED))
    return message if telling or not event else event


def _cause(snapshot: Snapshot, external: Object, said: str) -> Cause:
    ref = ref_of(external)
    if match := _NO_PROPERTY.search(said):
        return MissingProperty(match[2], match[1], _by_hand(snapshot, match[2]))
    if _DENIED.search(said):
        return UnreadableSecret(ref.name, ref.namespace, said, True)
    for entry in external["spec"].get("data", []):
        key, version = str(entry["remoteRef"]["key"]), str(entry["remoteRef"].get("version") or "")
        known = snapshot.secrets.get(key)
        if _NO_SECRET.search(said) and (known is None or known.get("DeletedDate")):
            return MissingSecret(key, known is not None)
        # The operator tells a secret that is not there from one without such a version no more than "does not exist".
        if (_NO_VERSION.search(said) or _NO_SECRET.search(said)) and known is not None:
            versions = tuple(known.get("SecretVersionsToStages") or {})
            wanted = version.removeprefix("uuid/")
            if wanted not in versions and (wanted or not versions):
                return MissingVersion(key, wanted, versions, _by_hand(snapshot, key))
    return UnreadableSecret(ref.name, ref.namespace, said, False)


def _by_hand(snapshot: Snapshot, secret: str) -> bool:
    """Return whether people set the secret's value: Pulumi has the secret, and no value of it."""
    arns = {str(each.outputs.get("arn")) for each in snapshot.of_type(SECRET)
            if each.outputs.get("name") == secret}  # fmt: skip
    valued = {str(each.inputs.get("secretId") or each.outputs.get("secretId"))
              for each in snapshot.of_type("aws:secretsmanager/secretVersion:SecretVersion")}  # fmt: skip
    return bool(arns) and not arns & valued
