"""A day of a gallery: when it opens and closes, whether all is ready, and what is told of it afterwards; no Qt."""
