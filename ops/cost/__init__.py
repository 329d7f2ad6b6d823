"""The bill of a stack as a command and as tables; `analysis.cost` works it out."""
