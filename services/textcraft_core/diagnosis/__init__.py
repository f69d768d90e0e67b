"""Looks at a machine and a show and says what to do about what it finds; changes nothing. Knows no window."""
