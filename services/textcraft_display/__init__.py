"""A wall, a process of its own: it shows what its scene says and reports what it really painted; knows no story."""
