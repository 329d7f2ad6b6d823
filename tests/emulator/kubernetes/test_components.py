"""An idle control plane does nothing that nobody asked for."""

from pathlib import Path

import pytest

from emulator.kubernetes import components


@pytest.fixture(autouse=True)
def binaries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(components, "binary", Path)


def test_the_api_server_has_no_cache_per_kind_and_counts_nothing(tmp_path: Path) -> None:
    command = components.apiserver(tmp_path, components.Ports(1, 2, 3), "172.20.0.0/16")
    assert {
        "--watch-cache=false", "--etcd-count-metric-poll-period=0", "--etcd-db-metric-poll-interval=0",
        "--enable-priority-and-fairness=false", "--endpoint-reconciler-type=none",
    } <= set(command)  # fmt: skip


def test_nobody_elects_a_leader_and_no_kubelet_renews_a_lease(tmp_path: Path) -> None:
    config = tmp_path / "kubeconfig"
    for command in (components.controller_manager(tmp_path, config, tmp_path), components.scheduler(config)):
        assert "--leader-elect=false" in command
    assert "--node-lease-duration-seconds=0" in components.kubelets(config)
