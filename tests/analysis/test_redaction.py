"""What looks like a secret is taken out; what only speaks of one stays."""

from analysis.redaction import covered, redacted, redacted_text


def test_what_only_speaks_of_secrets_stays() -> None:
    value = {"secretName": "shop", "passwordLength": 32, "secretKey": "DB_HOST", "image": f"shop@sha256:{'0a' * 32}"}
    assert redacted(value) == value
    assert redacted_text("AKIAABCDEFGHIJKLMNOP") == "[secret]"


def test_what_the_engine_encrypted_is_covered_and_nothing_else() -> None:
    encrypted = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:abc"}
    asset = {"4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17", "text": "hello"}
    assert covered({"a": [encrypted, "b"], "c": asset, "d": 1}) == {"a": ["[secret]", "b"], "c": asset, "d": 1}
