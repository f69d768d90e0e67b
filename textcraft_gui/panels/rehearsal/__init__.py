"""REHEARSAL: how rehearsals are played, recordings, and what rehearsals left."""
