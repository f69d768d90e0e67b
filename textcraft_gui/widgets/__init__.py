"""Small widgets of the console, each of which knows only how it looks."""
