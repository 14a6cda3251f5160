"""The embedded profile's start: Valkey, worker with beat, and web as one tree of processes. Imports only settings."""
