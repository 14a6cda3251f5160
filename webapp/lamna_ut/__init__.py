"""Handing out public records: what was asked, the reports, the masks, the decision."""
