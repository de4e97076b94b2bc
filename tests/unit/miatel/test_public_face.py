"""The library's public face: every name is there, and none costs anything before it is used."""

from __future__ import annotations

import inspect
import subprocess
import sys

import pytest

import miatel
import miatel.errors

HEAVY = ("pyarrow", "numpy", "pandas", "requests", "fsspec", "filelock", "orjson")


@pytest.mark.parametrize("name", miatel.__all__)
def test_each_name_is_a_documented_class_or_function_of_the_library(name: str) -> None:
    found = getattr(miatel, name)
    assert found.__name__ == name
    assert found.__module__.startswith("miatel.")
    assert inspect.getdoc(found)


def test_every_error_is_public() -> None:
    errors = {
        name for name, found in vars(miatel.errors).items()
        if inspect.isclass(found) and issubclass(found, miatel.MiatelError)
    }  # fmt: skip
    assert errors <= set(miatel.__all__)


def test_an_unknown_name_is_told_as_python_tells_it() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'no_such_name'"):
        _ = miatel.no_such_name


def test_importing_the_library_imports_nothing_heavy() -> None:
    code = f"import miatel, sys; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
