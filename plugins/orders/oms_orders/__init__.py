"""Orders, from the first price to the hand-over at the counter."""
