"""The add-ons of the cluster: one file each, and the list of them in `catalogue`.

Nothing here loads an SDK when it is imported, as the configuration reads the add-ons' settings and pods. What creates
them is in `components.platform`.
"""
