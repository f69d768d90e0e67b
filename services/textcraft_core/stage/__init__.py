"""From the engine's events to the walls: pictures, gate, NEXT, LIVE, the stops; and the whole show in play, Stage."""
