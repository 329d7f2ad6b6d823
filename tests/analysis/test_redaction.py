"""What looks like a secret is taken out; what only speaks of one stays."""

from analysis.redaction import redacted, redacted_text


def test_what_only_speaks_of_secrets_stays() -> None:
    value = {"secretName": "shop", "passwordLength": 32, "secretKey": "DB_HOST", "image": f"shop@sha256:{'0a' * 32}"}
    assert redacted(value) == value
    assert redacted_text("AKIAABCDEFGHIJKLMNOP") == "[secret]"
