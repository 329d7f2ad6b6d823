"""A newer version of a chart that the program installs, and the pin raised to it."""

import shutil
from pathlib import Path

from tests.e2e.checkout import Checkout

_CHART = "load-balancer-controller"


def raise_pin(checkout: Checkout, definition: str) -> None:
    """Raise the pin of the load balancer controller to a version whose definition of bindings has one more field."""
    charts = checkout.path / "emulator" / "charts"
    newer = shutil.copytree(charts / f"aws-{_CHART}", charts / f"newer-{_CHART}")
    _replace(newer / "Chart.yaml", "version: 3.5.0", "version: 3.5.1")
    known, indent = "targetGroupARN: {type: string}", "\n" + " " * 14
    _replace(newer / "crds" / "elbv2.k8s.aws.yaml", known, f"{definition}: {{type: string}}{indent}{known}")
    _replace(checkout.path / "components" / "addons" / "aws_load_balancer_controller.py", '"3.5.0"', '"3.5.1"')


def _replace(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))
