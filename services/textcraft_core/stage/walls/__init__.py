"""What stands in NEXT, what is LIVE, and what each wall shows; and how all of it comes back after a crash."""
