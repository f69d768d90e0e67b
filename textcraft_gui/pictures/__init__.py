"""The pictures of a show's folder, read and scaled off the GUI thread."""
