"""Provider plugins that the Pulumi engine starts in place of the official ones.

`provider.py` is the interface of a provider, `server.py` serves it over gRPC, and `values.py` converts values. The
engine starts a process per provider instance with `python -m emulator.plugins <package> <engine address>`.
"""
