"""A copied state gets other ports, in everything that has them."""

import base64
import gzip
import hashlib
import json
from pathlib import Path

from emulator.kubernetes.components import Ports
from emulator.snapshots import ports
from emulator.store import Store
from tests.emulator.snapshots import sample

OTHER = Ports(etcd=30001, etcd_peer=30002, apiserver=30003)


def test_the_endpoint_changes_in_settings_account_and_engines_state(tmp_path: Path) -> None:
    sample.account(tmp_path)
    packed = tmp_path / "backend/.pulumi/history/shop/dev.checkpoint.json.gz"
    packed.parent.mkdir(parents=True)
    packed.write_bytes(gzip.compress(b'"https://127.0.0.1:20003"'))
    ports.move(tmp_path, {sample.CLUSTER: OTHER})
    assert ports.used(tmp_path)[sample.CLUSTER].ports == OTHER
    assert ports.used(tmp_path)[sample.CLUSTER].version == "1.36"
    state = json.loads((tmp_path / sample.STACK_FILE).read_text())
    assert json.loads(state["kubeconfig"]) == {"server": "https://127.0.0.1:30003"}
    (cluster,) = Store(tmp_path / "aws.sqlite").find("aws:eks/cluster:Cluster")
    assert cluster.outputs["endpoint"] == "https://127.0.0.1:30003"
    assert gzip.decompress(packed.read_bytes()) == b'"https://127.0.0.1:30003"'
    # What answers for load balancers finds a port of its own.
    assert not (tmp_path / "clusters" / sample.CLUSTER / "listener.port").exists()


def test_the_backends_checksum_is_that_of_the_new_content(tmp_path: Path) -> None:
    sample.account(tmp_path)
    ports.move(tmp_path, {sample.CLUSTER: OTHER})
    attributes = json.loads((tmp_path / f"{sample.STACK_FILE}.attrs").read_text())
    digest = hashlib.md5((tmp_path / sample.STACK_FILE).read_bytes(), usedforsecurity=False).digest()
    assert base64.b64decode(attributes["md5"]) == digest
    assert "user.metadata" in attributes


def test_two_clusters_may_swap_their_ports(tmp_path: Path) -> None:
    sample.account(tmp_path, cluster="one")
    sample.account(tmp_path, cluster="two")
    (tmp_path / sample.STACK_FILE).write_text("127.0.0.1:20003 127.0.0.1:30003 127.0.0.1:2000 127.0.0.1:200034")
    ports.move(tmp_path, {"two": OTHER})
    ports.move(tmp_path, {"one": OTHER, "two": sample.AT})
    assert (tmp_path / sample.STACK_FILE).read_text().split() == [
        "127.0.0.1:20003", "127.0.0.1:20003", "127.0.0.1:2000", "127.0.0.1:200034",
    ]  # fmt: skip
