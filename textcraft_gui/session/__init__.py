"""One show before one operator: which stage is in play, on which folder, with which processes."""
