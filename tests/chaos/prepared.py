"""Imported before children are forked, which so find what each of them would do first done.

That is the slow hashes of the tests' key, of which the product remembers those that it has made.
"""

import gc
import secrets
from pathlib import Path
from tempfile import TemporaryDirectory

from miatel.account import slow_hash
from miatel.api.request_lock import RequestSlot
from tests.support.salts import SALTS, salts_in_turn

from .killed_extraction import extract_and_die  # noqa: F401  and all that it imports
from .records import KEY

secrets.token_hex = salts_in_turn()
for salt in SALTS:
    slow_hash(KEY, bytes.fromhex(salt))
with TemporaryDirectory() as directory:
    RequestSlot(KEY, Path(directory))
gc.freeze()
