"""What a service can use besides other services."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator

from components.base.section import Unique


class Use(StrEnum):
    """Words of a stanza's `uses`. Each gives the environment, the way on the network and the permissions in AWS."""

    DATABASE = "database"
    CACHE = "cache"
    TOKENS = "tokens"
    API_KEYS = "apiKeys"
    UPLOADS = "uploads"
    UPLOADS_READ = "uploads:read"
    ASSETS = "assets"
    ASSETS_WRITE = "assets:write"
    MAIL = "mail"


WITH_SECRET = (Use.DATABASE, Use.CACHE, Use.TOKENS, Use.API_KEYS)
"""Those whose credentials are a Secret in the service's environment."""

CALLS_AWS = (Use.UPLOADS, Use.UPLOADS_READ, Use.ASSETS, Use.ASSETS_WRITE, Use.MAIL)
"""Those that a service uses by calling AWS, whose addresses are public ones."""

_INCLUDED = {Use.UPLOADS: Use.UPLOADS_READ, Use.ASSETS_WRITE: Use.ASSETS}
"""By what allows more, what it includes."""


def _without_included(uses: Sequence[Use]) -> Sequence[Use]:
    for more, less in _INCLUDED.items():
        if more in uses and less in uses:
            raise ValueError(f"{more} includes {less}")
    return uses


Uses = Annotated[tuple[Use, ...], Unique, AfterValidator(_without_included)]

DESCRIPTION = (
    f"what it uses, out of {', '.join(Use)}; {Use.UPLOADS} reads and writes, {Use.ASSETS} only reads, and "
    f"{Use.MAIL} sends from email.domain"
)
