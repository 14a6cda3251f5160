"""Copies of everything that must not be lost: made while people work, read back and checked, and put back whole."""
