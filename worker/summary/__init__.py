"""What a summary says: from a frozen snapshot to the content that is printed and shown. Pure.

Read in this order: `figures` protects the counts, `sentences`, `questions`, `tables` and `method` write from
protected figures, and `content` puts their parts together.
"""

from worker.summary.content import write_summary
from worker.summary.registered import weigh

__all__ = ["weigh", "write_summary"]
