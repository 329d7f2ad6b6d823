"""Writes commands as a person types them, for a stack on AWS or on the emulator."""

from dataclasses import dataclass

from ops.deploy.summary import Target


@dataclass(frozen=True)
class Commands(Target):
    """The commands of one stack. `region` is its AWS region."""

    region: str = ""

    def kubectl(self, words: str) -> str:
        """The `kubectl` command."""
        return self.run(f"kubectl {words}")

    def aws(self, words: str) -> str:
        """The `aws` command, with the stack's region."""
        return self.run(f"aws {words} --region {self.region}")

    def ops(self, words: str) -> str:
        """The command of this project."""
        return self.run(f"./openmarket ops {words}")

    @property
    def file(self) -> str:
        """The stack's file."""
        return f"Pulumi.{self.stack}.yaml"
