"""What a daily run asks for beyond its interval: late receipts, days before, gaps."""
