"""Finds out whom AWS takes a command's caller for."""

from dataclasses import dataclass

from analysis import stack_file
from ops import aws


@dataclass(frozen=True)
class Caller:
    """The identity that AWS sees.

    Attributes:
        arn: ARN of the user or of the role's session.
        account: Id of the account.
    """

    arn: str
    account: str


def caller(stack: str) -> Caller:
    """Return whom AWS takes the caller for, which needs no permission.

    Raises:
        aws.AwsError: There are no credentials, or they have expired.
        BadStack: There is no such stack, or it may not be in the account of these credentials.
    """
    answer = aws.ask(stack_file.region(stack), "sts", "get-caller-identity")
    found = Caller(str(answer["Arn"]), str(answer["Account"]))
    stack_file.check_account(stack, found.account)
    return found
