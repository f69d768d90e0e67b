"""Whether somebody is there: the front-of-house view, the PIN, and the idle watch."""
