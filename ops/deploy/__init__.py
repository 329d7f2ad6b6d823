"""`up`, `preview`, `destroy` and `repair`: the engine's work as a person reads it."""
