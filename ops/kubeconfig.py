"""`kubeconfig`: the file with which `kubectl` reaches the stack's cluster."""

from pathlib import Path
from typing import Annotated

import typer

from ops import cluster
from ops.errors import fail


def kubeconfig(
    stack: Annotated[str, typer.Option(help="The stack: dev, staging or prod.")] = "dev",
    out: Annotated[Path | None, typer.Option(help="The file to write. Without: print it.")] = None,
) -> None:
    """Write the kubeconfig of the stack's cluster.

    It holds no credential: `kubectl` runs `aws eks get-token`, with the identity of whoever calls it.
    """
    try:
        text = cluster.document(stack)
    except cluster.ClusterError as error:
        fail(str(error))
    if out is None:
        print(text, end="")
        return
    try:
        cluster.write(out, text)
    except OSError as error:
        fail(f"{out} cannot be written: {error.strerror}")
    print(f"{out}: kubectl --kubeconfig {out} get nodes")
