"""The CLI room behind ./lexheller: one module per command, each exposing a click command called `command`."""
