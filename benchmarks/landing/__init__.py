"""What landing costs, beside the same of version 0.1.0."""
