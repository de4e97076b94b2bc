"""Removes the secret key and the content of answers from texts."""
