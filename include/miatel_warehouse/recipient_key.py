"""The key of `recipient_hash`, from the environment."""

from __future__ import annotations

import os

from miatel.privacy.recipient_key import RecipientKey

KEY_VARIABLE = "MIATEL_RECIPIENT_KEY"


def key_from_environment() -> RecipientKey | None:
    """The key that `MIATEL_RECIPIENT_KEY` holds; None when it is unset or too short to protect."""
    return RecipientKey.of(os.environ.get(KEY_VARIABLE, ""))
