"""MATRIX: the chapters, their state, and what the next cycle is made to do with one."""
