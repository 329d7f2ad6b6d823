"""What a snapshot and an emulator must have in common: the project, the state's format and the tools' versions."""

import importlib.metadata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from emulator import environment, workspace
from emulator.toolchain import KUBERNETES


@dataclass(frozen=True)
class Identity:
    """What a state belongs to.

    Attributes:
        project: Name of the Pulumi project.
        state: Format of the emulator's state folder.
        tools: Versions of Kubernetes and of Pulumi's packages, whose plugins the engine's state names.
    """

    project: str
    state: str
    tools: Mapping[str, str]

    def differences(self, saved: "Identity") -> Iterator[str]:
        """Yield in words what a snapshot has that this one cannot use."""
        if saved.project != self.project:
            yield f"it is of the project {saved.project}, and this is {self.project}"
        if saved.state != self.state:
            yield f"its state has the format {saved.state}, and this emulator uses format {self.state}"
        for tool in sorted({*self.tools, *saved.tools}):
            before, now = saved.tools.get(tool, "none"), self.tools.get(tool, "none")
            if before != now:
                yield f"it was saved with {tool} {before}, and {now} is here"


def current() -> Identity:
    """Return the identity of this project with what is installed here.

    Raises:
        workspace.BadFile: `Pulumi.yaml` is invalid for Pulumi.
        OSError: It cannot be read.
    """
    packages = {f"pulumi-{package}": version for package, version in environment.installed()}
    tools = {"kubernetes": KUBERNETES.version, "pulumi": importlib.metadata.version("pulumi"), **packages}
    return Identity(workspace.project_name(), environment.FORMAT, tools)
