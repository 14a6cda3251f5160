"""Mönster: reports that tell of the same problem, found in their texts; what people decide about them stands."""
