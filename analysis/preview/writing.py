"""Writes a preview to a file that holds no secrets."""

from pathlib import Path

from analysis.preview.model import IDENTIFYING, TELLING, Preview, State, Step
from analysis.redaction import redacted
from analysis.urns import STACK


def write(preview: Preview, file: Path) -> None:
    """Write the parts of a preview that the commands need, with file mode 0600.

    Left out are configuration, source positions, values that look like secrets, and the outputs of unchanged
    resources, except for `IDENTIFYING` and `TELLING` ones and those of the stack itself.
    """
    steps = tuple(
        step.model_copy(update={"old": _reduced(step.old), "new": _reduced(step.new)}) if step.op == "same" else step
        for step in preview.steps
    )
    reduced = preview.model_copy(update={"steps": tuple(_without_secrets(step) for step in steps)})
    file.touch(mode=0o600)
    file.chmod(0o600)
    file.write_text(reduced.model_dump_json(by_alias=True, exclude_defaults=True) + "\n")


def _without_secrets(step: Step) -> Step:
    states = {
        side: state.model_copy(update={"inputs": redacted(state.inputs), "outputs": redacted(state.outputs)})
        for side, state in (("old", step.old), ("new", step.new))
        if state is not None
    }
    return step.model_copy(update=states)


def _reduced(state: State | None) -> State | None:
    if state is None or state.type == STACK:
        return state
    # The vpcConfig of an EKS cluster has the id of its security group.
    kept = (*IDENTIFYING, *TELLING, "vpcConfig")
    outputs = {name: value for name, value in state.outputs.items() if name in kept}
    return state.model_copy(update={"outputs": outputs, "property_dependencies": {}})
