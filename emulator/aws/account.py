"""The simulated account as the catalogue's entries get it: its objects, and the clusters that its EKS runs."""

from pathlib import Path

from emulator.contract import Clusters
from emulator.paths import DATABASE
from emulator.store import Store


class AwsAccount(Store):
    """The account's objects, and its clusters. What needs no cluster takes it as the `Store` that it is."""

    def __init__(self, clusters: Clusters, path: Path = DATABASE) -> None:
        super().__init__(path)
        self.clusters = clusters
