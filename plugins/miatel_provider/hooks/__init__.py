"""Airflow hooks of the Miatel platform, one a file."""

from __future__ import annotations

from miatel_provider.hooks.miatel import MiatelHook

__all__ = ["MiatelHook"]
