"""Point 8: the vendor never waits for us."""
