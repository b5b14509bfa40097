"""A chain and a keeper on one's own machine, for demonstrations and for tests."""
