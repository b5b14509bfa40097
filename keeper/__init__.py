"""The keeper: runs what is due on a TaskManager, and is paid for it."""
