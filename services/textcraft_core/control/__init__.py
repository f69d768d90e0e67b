"""control.json, through which other programs steer the engine; ours does so in-process and never by this file."""
