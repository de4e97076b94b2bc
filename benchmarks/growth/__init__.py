"""Point 10: growth, a straight line."""
