"""First contact with a live account: what its answers look like, and which settings they need."""
