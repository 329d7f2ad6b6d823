"""The `pulumi` command of the emulator's environment: runs the real one in a folder with copies of tracked files."""

import os
import sys

from emulator import toolchain, workspace

DEBUG = "OPENMARKET_EMULATOR_DEBUG"
"""Variable that is set if the caller wants debug messages, which the engine does not tell its language host."""

_WRITES_STACK_FILE = {"set", "set-all", "rm", "rm-all", "cp", "refresh"}


def main() -> None:
    """Replace this process with the real `pulumi`; refuse `config` commands that would change a stack file."""
    arguments = workspace.absolute_arguments(sys.argv[1:])
    words = [argument for argument in arguments if not argument.startswith("-")]
    if words[:1] == ["config"] and set(words[1:2]) & _WRITES_STACK_FILE:
        sys.exit(f"`pulumi config {words[1]}` would change a copy: edit Pulumi.<stack>.yaml instead.")
    pulumi = str(toolchain.binary("pulumi"))
    try:
        folder = workspace.synchronise()
    except workspace.BadFile as error:
        sys.exit(str(error))
    except OSError as error:
        sys.exit(f"the project's files cannot be read or copied: {error}")
    if {"-d", "--debug"} & set(arguments):
        os.environ[DEBUG] = "1"
    if words[:1] == ["preview"]:
        # A preview saves nothing, but the engine would write the whole state down after every resource.
        os.environ["PULUMI_SKIP_CHECKPOINTS"] = "true"
    os.chdir(folder)
    os.execv(pulumi, ["pulumi", *arguments])  # noqa: S606


if __name__ == "__main__":
    main()
