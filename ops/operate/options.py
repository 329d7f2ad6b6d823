"""Options that several commands take."""

from typing import Annotated

import typer

Stack = Annotated[str, typer.Option(help="The stack: dev, staging or prod.")]
Service = Annotated[str, typer.Argument(help="The service's name, or the first part of it, such as backend.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]
Yes = Annotated[bool, typer.Option("--yes", help="Act without asking.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")]
