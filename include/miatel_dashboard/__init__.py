"""The delivery page: what the published marts say, as JSON for a page and as one file.

It knows nothing of Airflow: `plugins/delivery_dashboard` serves it there, `python -m
miatel_dashboard` writes it as a file.
"""
