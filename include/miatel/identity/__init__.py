"""When two records are one, and which state of it wins."""
