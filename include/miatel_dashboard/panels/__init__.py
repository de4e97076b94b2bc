"""The parts of the page, one a file: each asks the marts and gives what JSON can hold."""
