"""The dashboard: where it chafes, what waits, and what rises or falls silent."""
