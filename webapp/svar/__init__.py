"""The answers that reporters get, and those that are published to everybody."""
