"""What lies over the window for a moment: keys, palette, questions; none is a dialog."""
