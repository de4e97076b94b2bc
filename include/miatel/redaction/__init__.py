"""What a text must not tell: the secret key, and the content of answers."""
