"""Bytes in: one request at a time to the vendor's statistics API, retried within bounds."""
