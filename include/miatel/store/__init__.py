"""Files in a directory or an object store, each replaced as a whole: the one home of that."""

from miatel.store.base import Store, StoredFile
from miatel.store.opening import open_store

__all__ = ["Store", "StoredFile", "open_store"]
