"""The files of a lake: day files, their footers, networks, quarantine."""
