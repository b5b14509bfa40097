"""Keepers in bad worlds: what is done to them, and what must hold at the end.

`make chaos`, or `python -m tests.chaos --help`.
"""
