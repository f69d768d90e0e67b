"""The story engine and its headless service: commands in, events and files out; knows no Qt and opens no socket."""
