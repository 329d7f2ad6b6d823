"""Why an operation failed, as it is told last."""

import pytest

from ops.deploy import summary
from ops.deploy.progress import Failure

MANY = [f"line {number}" for number in range(30)]


def told(message: list[str], type_: str) -> list[str]:
    return list(summary.causes([Failure("\n".join(message), "it", type_)], {}, []))


def test_of_the_configuration_every_problem_is_told() -> None:
    assert told(MANY, "pulumi:pulumi:Stack") == MANY


@pytest.mark.parametrize(
    ("message", "type_"),
    [(MANY, "aws:s3/bucket:Bucket"), (["Traceback (most recent call last):", *MANY], "pulumi:pulumi:Stack")],
    ids=["a resource", "a traceback"],
)
def test_of_others_the_beginning_is(message: list[str], type_: str) -> None:
    lines = told(message, type_)
    assert len(lines) < len(MANY)
    assert lines[-1].strip().startswith("... and ")


def test_one_line_is_no_lines() -> None:
    assert told(MANY[:13], "aws:s3/bucket:Bucket")[-1].endswith("... and 1 more line")
