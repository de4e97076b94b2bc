"""Everything that asks the Miatel statistics API, reads its answers and lands them completely.

Pure Python: it knows nothing of Airflow, reads no environment variable and never asks the system
for the time by itself; whoever composes it passes a clock.
"""
