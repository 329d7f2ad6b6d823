"""The resources that the program deploys. `tests/unit/test_layers.py` has the order of imports, which point one way."""
