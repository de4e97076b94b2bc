"""Personal data: keyed hashes of numbers, erased numbers, retention."""
