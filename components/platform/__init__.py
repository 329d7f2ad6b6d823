"""Installs the add-ons of `components.addons` into the cluster."""
