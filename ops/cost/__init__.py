"""Shows what a stack costs, as a command and as tables; `analysis.cost` estimates it."""
