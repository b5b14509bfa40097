"""The keeper's loops, one class per concern."""
