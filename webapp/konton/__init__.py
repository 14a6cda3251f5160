"""Accounts: who is invited, what each may do, and one's own password."""
