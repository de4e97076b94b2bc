"""Quarantine of refused answers: their form is written below the lake, never their content."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from miatel.answers import Refused
from miatel.lake.lake import Lake
from miatel.redaction.masking import mask_text

DIRECTORY = "refused"
_HEAD_BYTES = 1 << 16
_TAIL_BYTES = 1 << 12


def quarantine_answer(lake: Lake, refused: Refused, redact: Callable[[str], str]) -> str:
    """Write a refused answer's form and reason below the lake, key and personal data removed.

    Args:
        lake: `refused/<time>-<hash>.json` is written below its root.
        refused: the answer and why it was refused.
        redact: removes the key from a text.

    Returns:
        The file's path, relative to the lake's root.

    Raises:
        LakeError: it could not be written.
    """
    form = describe_form(refused.body, redact)
    path = f"{DIRECTORY}/{refused.requested_at:%Y%m%dT%H%M%SZ}-{form['body_sha256'][:12]}.json"
    facts = {
        "asked_start": f"{refused.window.start:%Y-%m-%dT%H:%M:%SZ}",
        "asked_end": f"{refused.window.end:%Y-%m-%dT%H:%M:%SZ}",
        "requested_at": f"{refused.requested_at:%Y-%m-%dT%H:%M:%S.%fZ}",
        "error": type(refused.error).__name__,
        "reason": redact(str(refused.error)),
        **form,
    }
    with lake.writing(path) as scratch:
        scratch.write_text(json.dumps(facts, indent=2, ensure_ascii=False), "utf-8")
    return path


def describe_form(body: bytes, redact: Callable[[str], str]) -> dict[str, Any]:
    """A body's size and digest, and the form of its head and tail: no number, text or name.

    Args:
        body: content-encoding undone.
        redact: removes the key from a text.
    """
    return {
        "body_bytes": len(body),
        "body_sha256": hashlib.sha256(body).hexdigest(),
        "form_of_head": _form(body[:_HEAD_BYTES], redact),
        "form_of_tail": _form(_tail_of(body), redact),
    }


def _tail_of(body: bytes) -> bytes:
    """The end of a body that is longer than its head; a text that it begins in counts as one."""
    tail = body[_HEAD_BYTES:][-_TAIL_BYTES:]
    before = body[: len(body) - len(tail)]
    quotes = before.replace(rb"\\", b"").replace(rb"\"", b"").count(b'"')
    return b'"' + tail if quotes % 2 else tail


def _form(part: bytes, redact: Callable[[str], str]) -> str:
    return mask_text(redact(part.decode("utf-8", "replace")))
