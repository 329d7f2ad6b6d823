"""Prometheus, Alertmanager and Grafana, what they watch, and what they raise the alarm about."""
