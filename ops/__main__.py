"""Defines the command line `python -m ops <command>`.

Typer's plain help is used: importing Rich, which only styles it, would take half of the time of `--help`.
"""

from typing import Any

import typer
from typer.core import TyperGroup

from analysis.stack_file import BadStack
from ops.addon_versions import addon_versions
from ops.alarm import alarm
from ops.bootstrap.command import bootstrap
from ops.comment import comment
from ops.cost.command import cost
from ops.deploy.commands import destroy, preview, repair, up
from ops.doctor.command import doctor
from ops.drift import drift
from ops.errors import NOT_DEPLOYED, NotDeployed, fail
from ops.graph.command import graph
from ops.images.command import app as images
from ops.kubeconfig import kubeconfig
from ops.operate import act_commands as act
from ops.operate import data_commands as data
from ops.operate import look_commands as look
from ops.plan import plan
from ops.post import post
from ops.propose import propose
from ops.rehearse import rehearse
from ops.report.command import report
from ops.smoke import smoke
from ops.timeline.command import timeline


class _Commands(TyperGroup):
    """The commands, which all say the same of a stack that is not deployed."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command.

        Raises:
            typer.Exit: The stack is not deployed, or there is no such stack, and that has been printed.
        """
        try:
            return super().invoke(ctx)
        except NotDeployed as error:
            fail(str(error), NOT_DEPLOYED)
        except BadStack as error:
            fail(str(error))


app = typer.Typer(
    cls=_Commands, no_args_is_help=True, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False,
    help="Operator commands for the shop's stacks.",
)  # fmt: skip
# Without a `short_help` the list of commands would show the first 45 characters of each docstring.
app.command(short_help="Create or update a stack.")(up)
app.command(short_help="Show what `up` would change.")(preview)
app.command(short_help="Show what differs from the program, and put it back.")(repair)
app.command(short_help="Delete a stack.")(destroy)
app.command("addon-versions", short_help="Show versions of the EKS add-ons.")(addon_versions)
app.command(short_help="Tell the people on call what a workflow found.")(alarm)
app.command(short_help="Create the bucket for state and the roles of workflows.")(bootstrap)
app.command(short_help="Write the kubeconfig of a stack.")(kubeconfig)
app.command(short_help="Say what is wrong with a stack, why, and what to do next.")(doctor)
app.command(short_help="Draw a stack, or what a change touches.")(graph)
app.command(short_help="Write a page about a stack.")(report)
app.command(short_help="Check that every public host answers at the load balancer.")(smoke)
app.command(short_help="Preview an update of a stack into a file.")(plan)
app.command(short_help="Render a preview as a comment for its pull request.")(comment)
app.command(short_help="Preview a change on the emulator, with no access to AWS.")(rehearse)
app.command(short_help="Write comments to their pull request.")(post)
app.command(short_help="Report drift of the stacks in a GitHub issue.")(drift)
app.command(short_help="Open a pull request with a changed stack file.")(propose)
app.add_typer(images, name="images", short_help="Build, push, scan and record images.")
app.command(short_help="Show how long a deployment took, and what decided it.")(timeline)
app.command(short_help="Estimate what a month of a stack costs.")(cost)

app.command(short_help="Show what runs where.")(look.status)
app.command(short_help="Show the logs of all pods of a service.")(look.logs)
app.command(short_help="Show who may do what.")(look.access)
app.command(short_help="Replace the pods of a service by new ones.")(act.restart)
app.command(short_help="Run a task, or a cron job now, and wait for it.")(act.run)
app.command(short_help="Open a session at the database.")(act.connect)
app.command(short_help="Show who deployed what, when, and how it ended.")(look.history)
app.command(short_help="Bring a service back to an earlier release.")(act.rollback)
app.command(short_help="Change the least number of pods of a service.")(act.scale)
app.command(short_help="Show a maintenance page in the shop's place, or end that.")(act.maintenance)
app.command(short_help="Take away what an operation left that was killed.")(act.recover)
app.command(short_help="Show the outputs of a stack.")(look.outputs)
app.command(short_help="Open a way to Grafana.")(look.grafana)
app.command(short_help="Give a generated credential a new value.")(data.rotate)
app.command(short_help="Make a database of a backup, and move the shop to it.")(data.restore)


@app.callback()
def _commands() -> None:
    """Operator commands for the shop's stacks."""


if __name__ == "__main__":
    app(prog_name="./openmarket ops")
