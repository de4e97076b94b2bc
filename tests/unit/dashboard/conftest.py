"""Published marts of eighty days, and a connection to them."""

import pytest

from miatel_dashboard.marts import TABLES, open_marts
from miatel_dashboard.published import PublishedTables
from tests.support.published_marts import Size, write_published_marts


@pytest.fixture(scope="session")
def lake(tmp_path_factory):
    root = tmp_path_factory.mktemp("page") / "lake"
    write_published_marts(root / "marts", Size(80))
    return root


@pytest.fixture
def marts(lake):
    with open_marts(PublishedTables(str(lake), TABLES).files()) as opened:
        yield opened


@pytest.fixture
def lake_without(lake, tmp_path):
    """Makes a lake that lacks tables, or columns of them."""

    def make(*tables, **columns):
        import duckdb

        (tmp_path / "marts").mkdir()
        for path in (lake / "marts").glob("*.parquet"):
            if path.stem in tables:
                continue
            table = duckdb.read_parquet(str(path))
            gone = columns.get(path.stem, [])
            kept = [name for name in table.columns if name not in gone]
            table.select(*kept).write_parquet(str(tmp_path / "marts" / path.name))
        return tmp_path

    return make
