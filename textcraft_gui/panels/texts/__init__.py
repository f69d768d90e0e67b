"""Editors of the show's texts: forms, lists, JSON, drafts, versions; they save through verbs only."""
