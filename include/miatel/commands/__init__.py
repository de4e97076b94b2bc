"""What `python -m miatel` can be told to do, one command a file."""
