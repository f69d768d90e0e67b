"""The first evening's help: a show, its brain, painter and walls, step by step; imported when it is opened."""
