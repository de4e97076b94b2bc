"""What a setting must be like, and the error when it is not."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime


class ConfigError(ValueError):
    """An option has a value that the simulator cannot work with; the message names the option."""


def check_choice(option: str, value: object, choices: Collection[object]) -> None:
    """Raise `ConfigError` unless the value is one of the choices."""
    if value not in choices:
        names = ", ".join(str(choice) for choice in choices)
        raise ConfigError(f"{option} must be one of {names}, not {value!r}")


def check_time(option: str, moment: datetime) -> None:
    """Raise `ConfigError` unless the time has a zone."""
    if moment.tzinfo is None:
        raise ConfigError(f"{option} must have a time zone: {moment!r}")
