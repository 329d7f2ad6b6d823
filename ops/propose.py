"""The command `propose`: opens a pull request with a changed stack file."""

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
The digests of images that were built, pushed and scanned. Merging this pull request deploys them.

The comment of the preview lists the changes in AWS. A pull request that a workflow opened starts no other workflow:
close and reopen it to start the preview.
"""


def propose(
    repository: Annotated[str, typer.Option(help="The repository, as owner/name.")],
    stack: Annotated[str, typer.Option(help="The stack whose file has changed.")] = "dev",
    base: Annotated[str, typer.Option(help="The base branch of the pull request.")] = "main",
) -> None:
    """Open a pull request with the stack file of the working tree, or update the open one.

    Needs a token in GITHUB_TOKEN that may write contents and pull requests. The branch `images/<stack>` is set to one
    commit on top of the one that is checked out, so merging it reverts no later commit of the base branch. An open pull
    request of the branch then has this file instead of its earlier content.
    """
    if stack not in stack_file.names():
        fail(f"there is no stack {stack!r}: the stacks are {', '.join(stack_file.names())}")
    name = f"Pulumi.{stack}.yaml"
    text = (stack_file.PROJECT / name).read_text()
    try:
        with github_api.asking():
            where, parent = github_api.repository(repository), _checked_out()
            known = cast("ContentFile", where.get_contents(name, ref=parent))
            if known.decoded_content.decode() == text:
                print(f"{name} is the same as in commit {parent}: there is nothing to propose.")
                return
            branch = f"images/{stack}"
            _commit(where, branch, parent, name, text)
            print(_pull_request(where, f"{repository.partition('/')[0]}:{branch}", base, stack))
    except github_api.GitHubError as error:
        fail(str(error))


def _checked_out() -> str:
    done = git("rev-parse", "HEAD")
    if done.returncode:
        fail(f"the commit that is checked out cannot be determined: {done.stderr.strip()}")
    return done.stdout.strip()


def _commit(where: "Repository", branch: str, on: str, name: str, text: str) -> None:
    """Set the branch to a new commit on top of `on` that replaces the file."""
    from github import InputGitTreeElement

    parent = where.get_git_commit(on)
    tree = where.create_git_tree([InputGitTreeElement(name, "100644", "blob", content=text)], parent.tree)
    commit = where.create_git_commit(f"Update images: {name}", tree, [parent])
    reference = f"refs/heads/{branch}"
    existing = [each for each in where.get_git_matching_refs(f"heads/{branch}") if each.ref == reference]
    if existing:
        existing[0].edit(commit.sha, force=True)
    else:
        where.create_git_ref(reference, commit.sha)


def _pull_request(where: "Repository", head: str, base: str, stack: str) -> str:
    """Return the URL of the branch's pull request, after opening one if there is none."""
    for each in where.get_pulls(state="open", head=head, base=base):
        return each.html_url
    title = f"Update the images of {stack}"
    return where.create_pull(base=base, head=head.partition(":")[2], title=title, body=_TEXT).html_url
