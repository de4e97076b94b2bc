"""Point 7: few requests, little thrown away."""
