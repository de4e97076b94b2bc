"""What all parts share: fresh processes, spreads, the machine, charts, Markdown."""
