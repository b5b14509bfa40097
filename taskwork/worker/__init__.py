"""For those who do the work."""
