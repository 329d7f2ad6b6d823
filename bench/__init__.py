"""Measures how long commands take, against the least that the same engine needs: `make bench`."""
