"""From a key pressed to a verb: the router, its table, and the one filter that sees Qt's keys."""
