"""The bench: rehearsals on a copy, replays of recordings, and what becomes of them."""
