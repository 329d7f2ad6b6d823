"""What the shop keeps: no secret shows anywhere, and no change of size or version replaces it."""

import base64
import json
import re
from pathlib import Path
from typing import Any

import pytest

from emulator.store import Store
from tests.e2e.checkout import Checkout

pytestmark = pytest.mark.e2e

PUBLIC = {"username", "host", "reader_host", "port", "dbname"}
"""What credentials hold beside the secret itself; endpoints are stack outputs."""

HOLDS_DATA = ("aws:rds", "aws:elasticache", "aws:s3/bucket:Bucket", "aws:ecr/repository", "aws:kms", "aws:ec2/vpc")


@pytest.fixture(scope="module")
def printed(checkout: Checkout) -> str:
    """What the first `up` of dev printed."""
    # The flag exists only with the engine's debug commands switched on.
    debug = {"PULUMI_DEBUG_COMMANDS": "true"}
    return checkout.up("dev", "--event-log", str(checkout.path / "events.json"), env=debug)


def secret_values(checkout: Checkout) -> set[str]:
    """Every confidential leaf of every secret in the emulated Secrets Manager."""
    versions = Store(checkout.path / ".emulator" / "aws.sqlite").find("aws:secretsmanager/secretVersion:SecretVersion")
    leaves = [leaf for version in versions for leaf in json.loads(version.outputs["secretString"]).items()]
    return {str(value) for key, value in leaves if key not in PUBLIC and len(str(value)) >= 8}


def spellings(secret: str) -> set[bytes]:
    """The ways in which the secret could be written down: as it is, JSON-escaped, in base64 at any offset."""
    found = {secret.encode(), json.dumps(secret)[1:-1].encode()}
    for offset in range(3):
        encoded = base64.b64encode(b"\0" * offset + secret.encode())
        found.add(encoded[4 if offset else 0 : len(secret) // 3 * 4])
    return found


def test_no_secret_is_written_anywhere(checkout: Checkout, printed: str) -> None:
    secrets = secret_values(checkout)
    count = len(secrets)
    assert count == 6  # three database users, the cache's token, two signing keys
    # Found wherever it stands in an encoded text: otherwise the search below proves nothing.
    for prefix in (b"", b"a", b"ab"):
        found = [any(form in base64.b64encode(prefix + s.encode()) for form in spellings(s)) for s in secrets]
        assert found == [True] * count
    places: dict[str, bytes] = {
        "console": printed.encode(),
        "state": checkout.pulumi("stack export", "dev").encode(),
        "event log": (checkout.path / "events.json").read_bytes(),
        "config maps": json.dumps(checkout.kubectl("dev", "get", "configmaps", "-A")).encode(),
        "releases": json.dumps(
            checkout.kubectl("dev", "get", "secrets", "-A", "--field-selector=type=helm.sh/release.v1")
        ).encode(),
    }
    logs = [file for file in (checkout.path / ".emulator").rglob("*.log") if file.is_file()]
    assert logs
    places |= {str(log): log.read_bytes() for log in logs}
    leaks = [place for place, text in places.items() for s in secrets for form in spellings(s) if form in text]
    assert leaks == []


@pytest.mark.parametrize(
    ("section", "values", "changed"),
    [
        ("credentials", {"passwordLength": 40}, "aws:rds/cluster:Cluster"),
        ("database", {"engineVersion": "8.0.mysql_aurora.3.12.1"}, "aws:rds/cluster:Cluster"),
        ("database", {"backupDays": 5}, "aws:rds/cluster:Cluster"),
        ("database", {"instanceClass": "db.r7g.large", "serverlessCapacity": None}, "aws:rds/clusterInstance"),
        ("cache", {"nodeType": "cache.t4g.small"}, "aws:elasticache/replicationGroup"),
    ],
)
def test_a_change_updates_in_place(
    checkout: Checkout, printed: str, section: str, values: dict[str, Any], changed: str
) -> None:
    del printed
    with checkout.configured("dev", section, **values):
        text = checkout.pulumi("preview", "dev", "--json")
    steps = json.loads(text[text.index("{") :])["steps"]
    types = {step["urn"].split("::")[2].split("$")[-1]: step["op"] for step in steps if step["op"] != "same"}
    assert any(type_.startswith(changed) and op == "update" for type_, op in types.items())
    assert not [t for t, op in types.items() if t.startswith(HOLDS_DATA) and ("replace" in op or "delete" in op)]


def test_state_keeps_secrets_as_ciphertext(checkout: Checkout, printed: str) -> None:
    del printed
    state = checkout.pulumi("stack export", "dev")
    assert re.search(r'"ciphertext": ?"v1:', state)
    assert Path(checkout.path / ".emulator" / "aws.sqlite").stat().st_mode & 0o077 == 0
