"""Trust 2: late receipts, asked for where they are still open."""
