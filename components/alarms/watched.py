"""All that a stack's alarms are about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from components.alarms import cluster, entry, monitoring, network, stores
from components.alarms.definition import Alarm
from components.alarms.runs import Runs
from components.alarms.runs import alarms as alarms_of_runs

if TYPE_CHECKING:
    import pulumi


@dataclass(frozen=True)
class Watched:
    """What a stack has that something can go wrong with."""

    entry: entry.Entry
    data: stores.Data
    nat_gateways: Mapping[str, pulumi.Input[str]]
    """Identifiers by zone."""
    pods: cluster.Pods | None
    """None without Container Insights."""
    runs: Runs
    watchdog_topic: str = ""
    """The name of the topic at which Alertmanager reports; empty without Prometheus."""
    chat_function: str = ""
    """The name of the function that posts to a chat; empty without one."""

    def alarms(self) -> Sequence[Alarm]:
        """The definitions of all alarms; their names are unique."""
        return [
            *entry.alarms(self.entry),
            *stores.alarms(self.data),
            *network.alarms(self.nat_gateways),
            *(cluster.alarms(self.pods) if self.pods else ()),
            *alarms_of_runs(self.runs),
            *monitoring.alarms(self.watchdog_topic, self.chat_function),
        ]
