"""What happens to the marts after dbt has built and tested them: publishing and a summary."""
