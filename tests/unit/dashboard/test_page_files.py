"""The vendored ECharts is npm's, and the page names only files of its own."""

import hashlib
import posixpath
import re

import pytest

from miatel_dashboard.page_files import ASSET, PAGE, POLICY, read_page

VENDOR = PAGE / "vendor"
SUMS = [line.split() for line in (VENDOR / "SHA256SUMS").read_text().splitlines()]


@pytest.mark.parametrize(("digest", "name"), SUMS, ids=[name for _, name in SUMS])
def test_a_vendored_file_is_the_one_that_was_looked_at(digest, name):
    assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == digest


def test_every_vendored_file_has_a_checksum_and_stays_below_a_mebibyte():
    files = {path.name for path in VENDOR.iterdir()} - {"SHA256SUMS", "README.md"}
    assert files == {name for _, name in SUMS}
    assert all(path.stat().st_size < 2**20 for path in VENDOR.iterdir())


def test_the_page_names_only_files_that_are_there():
    files = read_page()
    html = files["index.html"].content.decode()
    named = {tag["name"] for tag in ASSET.finditer(html)}
    used = named | imported(files, named)
    assert used == {name for name in files if name.endswith((".css", ".js"))}
    assert set(re.findall(r'(?:src|href)="([^"#]+)"', html)) == {
        "data:,", *(f"assets/{name}" for name in named),
    }  # fmt: skip


def imported(files, names):
    """The modules that these import, and those that they import in turn."""
    found = set()
    for name in names:
        for path in re.findall(r' from "(\..+?)"', files[name].content.decode()):
            module = posixpath.normpath(posixpath.join(posixpath.dirname(name), path))
            found |= {module} | imported(files, {module})
    return found


def test_what_runs_before_the_first_paint_is_one_small_classic_script():
    html = read_page()["index.html"].content.decode()
    (first,) = re.findall(r'<script src="([^"]+)">', html)
    assert first == "assets/js/first_paint.js"
    assert "import " not in read_page()["js/first_paint.js"].content.decode()


def test_the_policy_lets_nothing_in_that_is_not_the_pages_own():
    assert "unsafe" not in POLICY
    assert "default-src 'none'" in POLICY
    assert "http" not in POLICY


@pytest.mark.parametrize("path", sorted(PAGE.glob("js/**/*.js")), ids=lambda path: path.name)
def test_no_script_makes_html_of_data(path):
    forbidden = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function"
    assert not re.search(forbidden, path.read_text())
