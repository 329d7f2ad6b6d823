"""What a plan, a state or a stack's file means: resources, costs, breadth of permissions and networks, secrets.

It reads and works out, and changes nothing that is deployed. It imports the models of the configuration
(`components.config`) and no other package of the project. `policies` and `ops` are built on it.
"""
