"""The Kubernetes provider: the real one, as a process of its own, with what the emulator has to put around it.

- Helm finds the emulator's charts where it expects the internet. `OPENMARKET_EMULATOR_CHARTS` names a folder with
  others, or is `upstream` for those of the real repositories.
- Where the emulator's clock or schedule is asked for, calls pass through `relay`. Otherwise the engine talks to the
  provider directly.
"""

import os
import subprocess
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path

from emulator import clock
from emulator.chart_repository import CHARTS
from emulator.paths import STATE
from emulator.plugins import chart_proxy
from emulator.toolchain import KUBERNETES_PLUGIN, binary

EMULATED, UPSTREAM = "emulated", "upstream"


def serve(arguments: Sequence[str]) -> int:
    """Run the provider until it or the engine ends, and answer its exit code.

    The first line printed is the port, as the engine expects.
    """
    charts = os.environ.get("OPENMARKET_EMULATOR_CHARTS") or EMULATED
    # Helm's own folders, as a user's repositories and plugins are not part of the rehearsal.
    home = STATE / "helm" / (UPSTREAM if charts == UPSTREAM else EMULATED)
    folders = {f"HELM_{kind.upper()}_HOME": str(home / kind) for kind in ("cache", "config", "data")}
    served = CHARTS if charts == EMULATED else Path(charts)
    # With the real repositories, nobody stands between Helm and them.
    with nullcontext(dict[str, str]()) if charts == UPSTREAM else chart_proxy.serving(served) as proxy:
        environment = {**os.environ, **folders, **proxy}
        command = [str(binary(KUBERNETES_PLUGIN)), *arguments]
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as provider:
            output = iter(provider.stdout or ())
            port = next(output, "").strip()
            if port and (clock.changed() or os.environ.get("OPENMARKET_EMULATOR_SCHEDULE")):
                # Imported late: most runs do without it.
                from emulator.plugins import relay

                port = str(relay.serve(int(port)))
            print(port, flush=True)
            for line in output:
                print(line, end="", flush=True)
            return provider.wait()
