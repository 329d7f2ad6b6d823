"""Interprets a plan, a state or a stack file: resources, costs, breadth of permissions and networks, secrets.

The package is read-only: it changes nothing that is deployed. It imports the models of the configuration
(`components.config`) and no other package of the project. `policies` and `ops` are built on it.
"""
