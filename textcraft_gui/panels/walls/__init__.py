"""WALLS + LOOK: each wall, its map, its captions and cards."""
