"""Behaviour on top, fixtures at the bottom."""
