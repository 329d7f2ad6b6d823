"""The command `bootstrap`: creates what an AWS account needs before the first `pulumi up`."""

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from analysis import stack_file
from ops.bootstrap.changes import Changes
from ops.bootstrap.settings import ALIAS, REPOSITORY, Account
from ops.errors import fail

_DEPLOY_POLICY = "AdministratorAccess"


def bootstrap(
    repository: Annotated[
        str, typer.Option(help="The repository on GitHub, as owner/name, or owner@id/name@id with immutable subjects.")
    ],
    stack: Annotated[
        list[str] | None,
        typer.Option(help="A stack of this account; repeatable. Default: all stacks."),
    ] = None,
    deploy_policy: Annotated[
        str, typer.Option(help="Policy of the deployment roles: an ARN, or the name of an AWS managed policy.")
    ] = _DEPLOY_POLICY,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the changes without making them.")] = False,
) -> None:
    """Create the bucket and KMS key for Pulumi's state, and the IAM roles of the workflows on GitHub.

    Run it once per AWS account, with administrator credentials. Running it again corrects what differs. It deletes
    nothing.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    from ops.bootstrap import state

    known = stack_file.names()
    stacks = stack or known
    if unknown := sorted(set(stacks) - set(known)):
        fail(f"there is no stack {unknown[0]!r}: the stacks are {', '.join(known)}")
    if not REPOSITORY.fullmatch(repository):
        fail(f"--repository {repository!r}: it must be owner/name or owner@123/name@456, without wildcards")
    try:
        regions = {stack_file.region(each) for each in stacks}
    except stack_file.BadStack as error:
        fail(str(error))
    if len(regions) != 1:
        fail(f"the stacks {', '.join(stacks)} are in {', '.join(sorted(regions))}: bootstrap one region at a time")
    try:
        _run(regions.pop(), stacks, repository, deploy_policy, dry_run)
    except (BotoCoreError, ClientError) as error:
        fail(f"AWS refused: {error}")
    except (state.ForeignBucket, stack_file.BadStack) as error:
        fail(str(error))


def _run(region: str, stacks: Sequence[str], repository: str, deploy_policy: str, dry_run: bool) -> None:
    import boto3

    from ops.bootstrap import roles, state

    session: Any = boto3.Session(region_name=region)
    caller = session.client("sts").get_caller_identity()
    account = Account(caller["Account"], caller["Arn"].split(":")[1], region, stacks, repository)
    for name in stacks:
        stack_file.check_account(name, account.id)
    print(f"Account {account.id}, {region}, as {caller['Arn']}")
    changes = Changes(dry_run)
    key_arn = state.key(session.client("kms"), changes)
    state.bucket(session.client("s3"), account, key_arn, changes)
    iam = session.client("iam")
    provider = roles.provider(iam, account, changes)
    arns = {
        each.name: roles.role(iam, account, provider, each, changes)
        for each in roles.roles(account, key_arn, deploy_policy)
    }
    if not changes.reported:
        print("Nothing has to change.")
    print(_next_steps(account, arns))


def _next_steps(account: Account, arns: dict[str, str]) -> str:
    """Return the remaining manual steps."""
    from ops.bootstrap import roles

    backend = f"s3://{account.bucket}?region={account.region}"
    lines = ["", "Variables of the repository on GitHub (docs/workflows.md):"]
    for name in account.stacks:
        lines.append(f"  {name.upper()}_STATE         {backend}")
        lines.append(f"  {name.upper()}_PREVIEW_ROLE  {arns[roles.PREVIEW]}")
        lines.append(f"  {name.upper()}_DRIFT_ROLE    {arns[roles.DRIFT]}")
    for name in account.stacks:
        lines.append(f"Variables of its environment {name}:")
        lines.append(f"  STATE        {backend}")
        lines.append(f"  DEPLOY_ROLE  {arns[f'{roles.DEPLOY}-{name}']}")
    lines += ["", "Then, once per stack:"]
    provider = f"awskms://{ALIAS}?region={account.region}"
    lines += [f"  pulumi login '{backend}'"]
    lines += [f"  pulumi stack init {name} --secrets-provider '{provider}'" for name in account.stacks]
    return "\n".join(lines)
