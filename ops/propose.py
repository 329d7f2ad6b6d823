"""`propose`: ask for a changed stack file to be merged."""

from typing import TYPE_CHECKING, Annotated, cast

import typer

from analysis import stack_file
from ops import github_api
from ops.errors import fail
from ops.git import git

if TYPE_CHECKING:
    from github.ContentFile import ContentFile
    from github.Repository import Repository

_TEXT = """\
The digests of images that were built, pushed and scanned. Merging this rolls them out.

What it changes in AWS is in the preview's comment. A pull request that a workflow opened starts no other workflow:
close and reopen it for the preview.
"""


def propose(
    repository: Annotated[str, typer.Option(help="The repository, as owner/name.")],
    stack: Annotated[str, typer.Option(help="The stack whose file was changed.")] = "dev",
    base: Annotated[str, typer.Option(help="The branch to merge into.")] = "main",
) -> None:
    """Open a pull request with the stack's file as it is here, or renew the open one.

    Needs a token in GITHUB_TOKEN that may write contents and pull requests. The branch is `images/<stack>`: one commit
    on the one that is checked out here, so that merging it takes back nothing that the base got since. An open pull
    request then proposes this file, and no longer what it did before.
    """
    if stack not in stack_file.names():
        fail(f"there is no stack {stack!r}: there are {', '.join(stack_file.names())}")
    name = f"Pulumi.{stack}.yaml"
    text = (stack_file.PROJECT / name).read_text()
    try:
        with github_api.asking():
            where, parent = github_api.repository(repository), _checked_out()
            known = cast("ContentFile", where.get_contents(name, ref=parent))
            if known.decoded_content.decode() == text:
                print(f"{name} is as commit {parent} has it: nothing to propose.")
                return
            branch = f"images/{stack}"
            _commit(where, branch, parent, name, text)
            print(_pull_request(where, f"{repository.partition('/')[0]}:{branch}", base, stack))
    except github_api.GitHubError as error:
        fail(str(error))


def _checked_out() -> str:
    done = git("rev-parse", "HEAD")
    if done.returncode:
        fail(f"which commit is checked out here cannot be told: {done.stderr.strip()}")
    return done.stdout.strip()


def _commit(where: "Repository", branch: str, on: str, name: str, text: str) -> None:
    """Let the branch be one commit on top of another one, which changes the file."""
    from github import InputGitTreeElement

    parent = where.get_git_commit(on)
    tree = where.create_git_tree([InputGitTreeElement(name, "100644", "blob", content=text)], parent.tree)
    commit = where.create_git_commit(f"Run other images: {name}", tree, [parent])
    reference = f"refs/heads/{branch}"
    existing = [each for each in where.get_git_matching_refs(f"heads/{branch}") if each.ref == reference]
    if existing:
        existing[0].edit(commit.sha, force=True)
    else:
        where.create_git_ref(reference, commit.sha)


def _pull_request(where: "Repository", head: str, base: str, stack: str) -> str:
    """The address of the branch's pull request, opened if there is none."""
    for each in where.get_pulls(state="open", head=head, base=base):
        return each.html_url
    title = f"Run the newest images in {stack}"
    return where.create_pull(base=base, head=head.partition(":")[2], title=title, body=_TEXT).html_url
