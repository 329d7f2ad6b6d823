"""Alarms: what is watched, from which value on it harms the shop, and who is told."""
