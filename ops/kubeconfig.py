"""`kubeconfig`: the file with which `kubectl` reaches the stack's cluster."""

import json
import os
from pathlib import Path
from typing import Annotated

import typer

from ops.errors import fail


def kubeconfig(
    stack: Annotated[str, typer.Option(help="The stack: dev, staging or prod.")] = "dev",
    out: Annotated[Path | None, typer.Option(help="The file to write. Without: print it.")] = None,
) -> None:
    """Write the kubeconfig of the stack's cluster.

    It holds no credential: `kubectl` runs `aws eks get-token`, with the identity of whoever calls it.
    """
    import yaml

    from ops.deploy import engine

    done = engine.quiet("stack", "output", "kubeconfig", "--json", "--stack", stack, "--non-interactive")
    if done.returncode:
        fail(f"stack {stack!r} has no kubeconfig: {done.stderr.strip().removeprefix('error: ')}")
    found = json.loads(done.stdout)
    # pulumi-eks puts it out as an object and as a text of JSON.
    document = yaml.safe_load(found) if isinstance(found, str) else found
    text = yaml.safe_dump(document, sort_keys=False)
    if out is None:
        print(text, end="")
        return
    try:
        # Readable for its owner alone, as kubectl warns otherwise.
        with os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)
    except OSError as error:
        fail(f"{out} cannot be written: {error.strerror}")
    print(f"{out}: kubectl --kubeconfig {out} get nodes")
