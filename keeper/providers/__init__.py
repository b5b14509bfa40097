"""The nodes that the keeper asks: their health, one failover before them, and their heads."""
