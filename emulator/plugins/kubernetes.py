"""Runs the real Kubernetes provider as a child process.

- Helm gets the emulator's charts, through `chart_proxy`. `OPENMARKET_EMULATOR_CHARTS` names a folder with other charts,
  or is `upstream` for those of the real repositories.
- It ends when the engine has been killed.
- If the emulator's clock, schedule or faults are set, calls pass through `relay`. Otherwise the engine talks to the
  provider directly.
"""

import os
import subprocess
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path

from emulator import clock, faults, parent
from emulator.chart_repository import CHARTS
from emulator.paths import STATE
from emulator.plugins import chart_proxy
from emulator.toolchain import KUBERNETES_PLUGIN, binary
from emulator.toolchain.toolsets import official_kubernetes_plugin

EMULATED, UPSTREAM = "emulated", "upstream"
_OF_THE_RELEASE = {} if official_kubernetes_plugin() else {"PULUMI_K8S_ENABLE_PATCH_FORCE": "true"}
"""What newer releases do by `enablePatchForce` and `upsertExistingObjects`, for the provider that is built here."""


def serve(arguments: Sequence[str]) -> int:
    """Run the provider until it or the engine ends, and return its exit code.

    The first printed line is the port, as the engine expects.
    """
    charts = os.environ.get("OPENMARKET_EMULATOR_CHARTS") or EMULATED
    # Helm gets folders of its own, because the user's repositories and plugins must not have an influence.
    home = STATE / "helm" / (UPSTREAM if charts == UPSTREAM else EMULATED)
    folders = {f"HELM_{kind.upper()}_HOME": str(home / kind) for kind in ("cache", "config", "data")}
    served = CHARTS if charts == EMULATED else Path(charts)
    # For the real repositories there is no proxy.
    with nullcontext(dict[str, str]()) if charts == UPSTREAM else chart_proxy.serving(served) as proxy:
        environment = {**_OF_THE_RELEASE, **os.environ, **folders, **proxy}
        command = [str(binary(KUBERNETES_PLUGIN)), *arguments]
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as provider:
            # The objects that it has sent are in the cluster; what it waits for would keep it for up to ten minutes.
            parent.on_end(provider.kill)
            try:
                return _pass_on(provider)
            except BrokenPipeError:
                # The engine was killed before it heard of the port, perhaps before this process knew its parent.
                provider.kill()
                return 1


def _pass_on(provider: "subprocess.Popen[str]") -> int:
    output = iter(provider.stdout or ())
    port = next(output, "").strip()
    if port and (clock.changed() or os.environ.get("OPENMARKET_EMULATOR_SCHEDULE") or faults.active()):
        # Most runs do not need this import.
        from emulator.plugins import relay

        port = str(relay.serve(int(port)))
    print(port, flush=True)
    for line in output:
        print(line, end="", flush=True)
    return provider.wait()
