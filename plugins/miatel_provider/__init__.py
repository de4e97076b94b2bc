"""The Airflow side of the Miatel platform: connection type, hook and operator."""
