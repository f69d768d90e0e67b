"""What the console and the walls share on top of Qt: loop, text, fonts, screens, guards; no story, no socket."""
