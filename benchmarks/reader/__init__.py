"""Point 9: the reader near the limit."""
