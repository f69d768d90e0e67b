"""Brains that need no server: each answers like one, from data; what they are asked for is none of their business."""
