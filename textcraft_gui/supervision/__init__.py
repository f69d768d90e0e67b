"""The console's parent: starts it, listens to its heart, starts it again. Knows no Qt and no engine."""
