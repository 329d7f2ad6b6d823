"""Keys whose values people store in Secrets Manager by hand: their names, and which values are meant."""

from typing import Annotated

from pydantic import StringConstraints

from components.base.section import Unique

_Key = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]*$")]

KeyNames = Annotated[tuple[_Key, ...], Unique]
"""Names of keys, which are those of the environment variables too."""

VersionId = Annotated[str, StringConstraints(pattern=r"^([0-9A-Za-z-]{32,64})?$")]
"""A version of a secret as Secrets Manager names it; or empty."""

VERSION = (
    "the VersionId that Secrets Manager gave the values (32 to 64 letters, digits and -), or empty for the current ones"
)
"""What a version is, for people."""
