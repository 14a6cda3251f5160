"""The embedded profile's start: Valkey, workers, web and beat as one tree of processes. Imports only settings."""
