"""Provider plugins: what the Pulumi engine starts in place of the official ones.

`provider.py` is the shape every provider has, `server.py` speaks gRPC for it, `values.py` converts values. The engine
starts one process per provider instance by `python -m emulator.plugins <package> <engine address>`.
"""
