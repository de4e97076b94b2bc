"""An answer at the limit of the platform is landed whole, whatever its form."""

import pytest

from miatel_simulator import serve
from tests.support.landed import assert_landed_equals_truth, extraction, utc
from tests.support.rendered import NEW_FORMS, config_of

START, END = utc(2026, 1, 30), utc(2026, 1, 31)
RECORDS, RECORDS_IN_FULL = 20_000, 100_000


@pytest.mark.parametrize("form", NEW_FORMS, ids=lambda form: "-".join(form.values()))
def test_an_answer_at_the_limit_is_landed_whole(tmp_path, is_full, form, note):
    records = RECORDS_IN_FULL if is_full else RECORDS
    with serve(config_of(START, END, records, **form)) as simulator:
        extraction(simulator.url, tmp_path, cap=records + 1).land_range(START, END)
        assert assert_landed_equals_truth(tmp_path, simulator, START, END) == records
    note(f"form {'-'.join(form.values())}: {records:,} records equal the truth")
