"""Runs Pulumi operations on a stack, and shows their progress and result: `up`, `preview`, `repair`, `destroy`."""
