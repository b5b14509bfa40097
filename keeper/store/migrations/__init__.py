"""The store's migrations; the store applies them when it is opened."""
