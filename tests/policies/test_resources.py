"""Values that are not known before the update."""

import pytest

from policies.resources import UNKNOWN, NotYetKnownError, Values


def test_unknown_values_are_there_but_cannot_be_read() -> None:
    values = Values({"given": UNKNOWN, "inner": {"list": [1, UNKNOWN]}, "absent": None})
    assert "given" in values
    assert "absent" not in values
    with pytest.raises(NotYetKnownError, match=r"inner\.list\[1\]"):
        list(values.inner("inner")["list"])
    assert values.inner("missing", "path").get("key") is None
