"""Which window to ask for next: arithmetic only."""
