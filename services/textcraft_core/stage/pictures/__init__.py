"""From a wanted picture to a candidate that may go up: asked for, painted, let through the gate, kept on the shelf."""
