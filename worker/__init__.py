"""The pipeline: rows in, rows out. `ls worker` reads as the way of a report."""
