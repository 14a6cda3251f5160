"""The summaries that forums get, to read and to download."""
