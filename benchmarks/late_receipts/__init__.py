"""Trust 2: late receipts, asked for by whole days that still wait."""
