"""The embedded profile's start: Valkey, worker, web and beat as one tree of processes. Imports only settings."""
