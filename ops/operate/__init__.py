"""Looks at a deployed shop and does safely what people otherwise do by hand: status, logs, restart, rollback, scale."""
