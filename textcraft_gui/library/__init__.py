"""Whole shows: begun from a template, brought in as a copy, their manuscript handed out; plays none of them."""
