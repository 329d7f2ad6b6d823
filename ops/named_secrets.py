"""Secrets of a stack by their names: which are the stack's, and how people set the values of those that they set."""

from analysis import stack_file

SECRET = "aws:secretsmanager/secret:Secret"  # noqa: S105 - a type
_API_KEYS, _CHAT_WEBHOOK = "api-keys", "chat-webhook"
"""The ends of the names of the secrets with third-party keys, and with the address of a chat's webhook."""


def listing(stack: str) -> tuple[str, ...]:
    """The `aws` command that lists the stack's secrets, those too that wait for their deletion, without values."""
    prefix = stack_file.prefix(stack)
    names = f"Key=name,Values={prefix}-,{prefix}/"
    return ("secretsmanager", "list-secrets", "--include-planned-deletion", "--filters", names)


def set_by_hand(secret: str) -> bool:
    """True if people set the values that pods get of the secret, by the names that the program gives secrets."""
    return secret.endswith(f"-{_API_KEYS}") or bool(_service(secret))


def of_chat(secret: str) -> bool:
    """True if it is the secret with the address of a chat's webhook."""
    return secret.endswith(f"-{_CHAT_WEBHOOK}") and not _service(secret)


def setting(secret: str) -> str:
    """The `aws` command that sets the values of a secret that people set, from `file_with(secret)`."""
    return f"secretsmanager put-secret-value --secret-id {secret} --secret-string file://{file_with(secret)}"


def file_with(secret: str) -> str:
    """The name of the file from which the command takes the values: that of the service whose secret it is, if any."""
    return f"{_service(secret) or (_CHAT_WEBHOOK if of_chat(secret) else _API_KEYS)}.json"


def version_key(secret: str) -> str:
    """The key of the stack file that says which version of a secret that people set is meant."""
    service = _service(secret)
    return f"openmarket:services.{service}.secretsVersion" if service else "openmarket:credentials.apiKeysVersion"


def _service(secret: str) -> str:
    """The service whose own secret it is; empty if it is a secret of the stack."""
    return secret.partition("/")[2]
