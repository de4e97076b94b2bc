"""The statistics API over HTTP: requests, answers in every form, and faults."""
