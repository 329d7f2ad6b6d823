"""Configuration of what runs in the cluster so that workloads can."""

from pydantic import Field

from components.config.section import Section


class AddonsConfig(Section):
    """Add-ons that a stack may do without, and how many pods the indispensable ones have."""

    replicas: int = Field(
        default=2, ge=2, le=5, description="2 to 5 pods of each add-on that requests or new objects wait for"
    )
