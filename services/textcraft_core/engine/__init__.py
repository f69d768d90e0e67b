"""One cycle and what it needs: planning, the book in memory, the operator's queue, recovery; no Qt, no sockets."""
