"""Notes: the smallest plugin that has every room."""
