"""The resources that the program deploys. Imports point one way: `tests/components/test_layers.py` has the order."""
