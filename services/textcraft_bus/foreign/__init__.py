"""The ecosystem's own ports: other people's cores, workers and displays."""
