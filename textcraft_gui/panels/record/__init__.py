"""What happened and how it goes: timeline, log, metrics."""
