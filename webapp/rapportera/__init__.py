"""The form: filing a report, its receipt, and who receives it."""
