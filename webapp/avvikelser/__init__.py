"""The reports of an area as a list, one by one, and as CSV."""
