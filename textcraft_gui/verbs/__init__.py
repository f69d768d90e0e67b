"""What an operator can do: every verb behind one facade, as data, and when each makes sense."""
