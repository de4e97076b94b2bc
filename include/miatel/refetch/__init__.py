"""What a daily run fetches again beyond its interval: late receipts, days before, gaps."""
