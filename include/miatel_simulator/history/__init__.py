"""The traffic that the platform holds: the same for the same seed, whoever asks."""
