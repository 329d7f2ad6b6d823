"""What holds for every test."""

import gc

from hypothesis import settings

# How long an example takes says more about the machine than about the code.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


def pytest_collection_finish() -> None:
    """Take what was imported out of the garbage collector's sight, which otherwise visits the SDKs again and again.

    A run of the program makes some hundred thousand objects, so that a third of its time was the collector's.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def pytest_sessionfinish() -> None:
    """Let the collector see everything again, so that what is left is closed before the interpreter ends."""
    gc.unfreeze()
