"""The console's parent: starts it, listens to its heart, starts it again. Knows no Qt and no engine."""

WAITS = "--waits"
"""First word of the command line of a console that waits behind another one, see `spare`."""
