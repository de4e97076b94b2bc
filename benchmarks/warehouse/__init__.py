"""What a dbt run costs: everything built, and a few changed days."""
