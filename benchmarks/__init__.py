"""What Taskwork costs, measured on a local chain and held to the figures that are committed."""
