"""A volume of a service's own."""

from pydantic import Field

from components.base.section import Section
from components.config.writable import WritablePath


class VolumeConfig(Section):
    """An EBS volume, which one pod at a time has, and which outlives the pods."""

    path: WritablePath = Field(description="the directory where the service finds it, such as /data")
    size: str = Field(pattern=r"^[1-9]\d*Gi$", description="its size in Gi, such as 20Gi, which may only grow")
