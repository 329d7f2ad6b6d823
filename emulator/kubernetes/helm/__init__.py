"""`helm.sh/v3:Release`: releases of stand-in charts, kept as Helm keeps them."""
