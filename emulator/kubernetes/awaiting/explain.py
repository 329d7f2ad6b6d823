"""Why an object is not ready, from its pods and events."""

from emulator.kubernetes.readiness import details

__all__ = ["details"]
