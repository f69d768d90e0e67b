"""Hands that are not at the keyboard: OSC from Companion, a tablet or a lighting desk. All of it goes through Verbs."""
