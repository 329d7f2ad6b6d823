"""Order that no value shows."""

from collections.abc import Sequence
from typing import TypeVar

import pulumi

T = TypeVar("T")


def known_after(value: pulumi.Output[T], resources: Sequence[pulumi.Resource]) -> pulumi.Output[T]:
    """The value, with a dependency on the resources.

    Whoever uses it is created after the resources and deleted before them. URNs are known in a preview, so the value
    stays as known as it was.
    """
    return pulumi.Output.all(value, *(resource.urn for resource in resources)).apply(lambda known: known[0])
