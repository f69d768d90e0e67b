"""The manual: pages of Markdown that ship with the console, read in it and built as HTML; knows no show."""
