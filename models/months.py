"""Moved to schemas/months.py."""

from schemas.months import *  # noqa: F403
