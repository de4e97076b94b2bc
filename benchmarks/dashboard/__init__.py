"""What the page costs the server with two years of marts."""
