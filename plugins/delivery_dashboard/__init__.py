"""The delivery page inside Airflow: a plugin, and the application that it mounts."""
