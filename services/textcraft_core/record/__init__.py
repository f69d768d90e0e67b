"""What is remembered: the append-only journal and the stream of events through it; knows nothing of their meaning."""
