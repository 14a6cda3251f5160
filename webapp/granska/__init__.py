"""The coordinator's desk: the queue, one report at a time, and what is decided about it."""
