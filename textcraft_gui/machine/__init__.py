"""What the console looks after on this computer: its own screen, sleep, the printer."""
