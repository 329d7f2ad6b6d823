"""`python -m ops <command>`."""

import typer

from ops.addon_versions import addon_versions
from ops.bootstrap.command import bootstrap
from ops.comment import comment
from ops.cost.command import cost
from ops.deploy.commands import destroy, preview, repair, up
from ops.drift import drift
from ops.images.command import app as images
from ops.kubeconfig import kubeconfig
from ops.plan import plan
from ops.post import post
from ops.propose import propose
from ops.rehearse import rehearse
from ops.smoke import smoke

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Commands for the people who operate the shop.")
app.command()(up)
app.command()(preview)
app.command()(repair)
app.command()(destroy)
app.command("addon-versions")(addon_versions)
app.command()(bootstrap)
app.command()(kubeconfig)
app.command()(smoke)
app.command()(plan)
app.command()(comment)
app.command()(rehearse)
app.command()(post)
app.command()(drift)
app.command()(propose)
app.add_typer(images, name="images")
app.command()(cost)


@app.callback()
def _commands() -> None:
    """Commands for the people who operate the shop."""


if __name__ == "__main__":
    app(prog_name="./openmarket ops")
