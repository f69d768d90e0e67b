"""Our own addressed channel between a core, its image servers and its walls: messages, rules, both ends."""
