"""Lists that are cut say how much is missing."""

import pytest

from ops.texts import abridged


@pytest.mark.parametrize(("most", "text"), [(3, "a, b, c"), (2, "a, b, and 1 more"), (1, "a, and 2 more")])
def test_a_list_is_cut_and_counted(most: int, text: str) -> None:
    assert abridged(["a", "b", "c"], most) == text
