"""Indicators of complaint handling, with the exact formulas and what they were counted from."""
