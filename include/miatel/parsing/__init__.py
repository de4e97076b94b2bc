"""An answer's bytes to an Arrow table, with nothing lost."""
