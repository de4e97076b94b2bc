"""The commands of `python -m miatel`, one a file."""
