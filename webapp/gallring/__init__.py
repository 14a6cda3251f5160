"""Disposal (gallring): rules, what is due, protocols and receipts; and stops that hold a report back."""
