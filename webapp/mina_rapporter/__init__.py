"""A reporter's own reports: what has happened to them, and what may still be added or taken back."""
