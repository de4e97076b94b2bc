"""The wheel in environments of their own, as a company installs it: Airflow here, dbt there."""

import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from project import BIN, PROJECT

SOURCES = ("pyproject.toml", "README.md", "LICENSE", "THIRD_PARTY_NOTICES.md", "include", "plugins")


@dataclass(frozen=True)
class Environment:
    """A virtual environment with the wheel in it."""

    root: Path

    @property
    def python(self):
        return self.root / "bin" / "python"

    @property
    def packages(self):
        (packages,) = self.root.glob("lib/python*/site-packages")
        return packages

    def knows(self, module):
        """Whether a module can be imported."""
        code = f"import importlib.util as u; raise SystemExit(u.find_spec({module!r}) is None)"
        return subprocess.run([self.python, "-P", "-c", code], check=False).returncode == 0

    def make_read_only(self):
        """Take the right to write from everything; root has it all the same (`contents`)."""
        for path in [self.packages, *self.packages.rglob("*")]:
            if not path.is_symlink():
                path.chmod(path.stat().st_mode & ~0o222)

    def contents(self):
        """Each file with its size and time."""
        found = ((path, path.lstat()) for path in self.packages.rglob("*"))
        return {str(path): (stat.st_size, stat.st_mtime_ns) for path, stat in found}


def build_wheel(directory):
    """Build it from a copy of what it is made of: nothing is written into this project."""
    source = directory / "source"
    source.mkdir()
    for name in SOURCES:
        if (PROJECT / name).is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "*.egg-info", "target", "logs")
            shutil.copytree(PROJECT / name, source / name, ignore=ignored)
        else:
            shutil.copy(PROJECT / name, source / name)
    _uv("build", "--wheel", "--no-build-isolation", "--out-dir", directory / "dist", source)
    (wheel,) = (directory / "dist").glob("*.whl")
    return wheel


def install(wheel, extra, root):
    """Make an environment with the wheel and one of its extras, in the locked versions.

    They are those that this project runs with, so nothing is downloaded where uv's cache has them.
    """
    _uv("venv", "--python", sys.executable, root)
    environment = Environment(root)
    _uv(
        "pip", "install", "--system-certs", "--python", environment.python,
        "--constraint", PROJECT / "requirements.txt", f"{wheel}[{extra}]",
    )  # fmt: skip
    return environment


def share_compiled(environments, directory):
    """Fill a PYTHONPYCACHEPREFIX with what this interpreter has compiled already.

    That is the standard library, and the packages of the same locked versions. What the wheel
    itself brings is no package here, and what is not the same file Python compiles anew.
    """
    if sys.pycache_prefix is None:
        return
    places = [(sysconfig.get_path("stdlib"),) * 2]
    places += [(sysconfig.get_path("purelib"), made.packages) for made in environments]
    for source, target in places:
        there = Path(f"{directory}{target}")
        there.mkdir(parents=True)
        for compiled in Path(f"{sys.pycache_prefix}{source}").glob("*"):
            (there / compiled.name).symlink_to(compiled)


def _uv(*arguments):
    """Without the network if it can be done, so that a test asks no registry."""
    for offline in (["--offline"], []):
        command = [BIN / "uv", "--quiet", *offline, *arguments]
        done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return
    raise AssertionError(done.stderr)
