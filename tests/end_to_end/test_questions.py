"""The analyst's questions of the documentation, on the demo's published tables."""

import re
from pathlib import Path

import duckdb
import pytest

PAGE = Path(__file__).resolve().parents[2] / "docs" / "questions.md"
QUESTIONS = dict(re.findall(r"^## (.+?)\n.*?^```sql\n(.*?)^```", PAGE.read_text(), re.M | re.S))

DELIVERY_RATES = """
    select
        {column},
        count(*),
        count(*) filter (where is_mature and outcome = 'delivered')
            / nullif(count(*) filter (where is_mature), 0) as delivery_rate
    from fct_messages
    left join (
        select distinct hour_at, is_mature from delivery_hourly
    ) on hour_at = date_trunc('hour', first_received_at)
    group by {column}
    order by delivery_rate, {column}
"""
# The same answer in another way: from the segments and messages, without any table of sums.
FROM_FACTS = {
    "Where do messages not arrive?": DELIVERY_RATES.format(column="country_name"),
    "Why did messages fail?": """
        select failure_code_type, label, count(*) as messages
        from fct_messages
        inner join (
            select 'response' as failure_code_type, response_code as code, label
            from dim_response_codes
            union all
            select 'delivery', delivery_code, label from dim_delivery_statuses
        ) as codes using (failure_code_type)
        where
            outcome = 'failed'
            and codes.code = if(failure_code_type = 'response', response_code, delivery_code)
        group by failure_code_type, label
        order by messages desc, failure_code_type, label
    """,
    "What did we pay, and how much of it for nothing?": """
        select
            currency,
            sum(price),
            coalesce(sum(price) filter (where outcome = 'failed'), 0),
            count(*) filter (where outcome = 'delivered' and price is null)
        from fct_mdr
        group by currency
        having sum(price) is not null
        order by currency
    """,
    "Does the invoice of a month agree?": """
        select date_trunc('month', received_at)::date, account_name, currency, count(*), sum(price)
        from fct_mdr
        group by all
        order by all
    """,
    "Which senders do worse than all together?": DELIVERY_RATES.format(column="sender"),
    "What does a delivered message cost at each network?": """
        with costs as (
            select mccmnc, currency, sum(price) as cost from fct_mdr group by all
        ),

        messages as (
            select mccmnc, first_currency as currency, count(*) as message_count
            from fct_messages
            where outcome = 'delivered'
            group by all
        )

        select plmn, network_name, currency, cost / message_count
        from costs
        inner join messages using (mccmnc, currency)
        inner join dim_networks using (mccmnc)
        where cost is not null
        order by network_name, currency
    """,
    "When do we send too fast?": """
        with seconds as (
            select
                account_name,
                count(*) as segments,
                count(*) filter (where response_code in ('88', '1009', '1019')) as throttled
            from fct_mdr
            group by account_name, received_at
        )

        select account_name, max(segments), sum(throttled) as throttled
        from seconds
        group by account_name
        order by throttled desc, account_name
    """,
    "Can I trust these days?": """
        select
            mdr_date,
            count(*),
            0,
            count(*) filter (where outcome = 'pending'),
            true
        from fct_mdr
        group by mdr_date
        order by mdr_date
    """,
}


@pytest.fixture(scope="module")
def bi(finished, directory):
    """The demo's published tables, its days complete and all of them with traffic."""
    with duckdb.connect(str(directory / "data/bi.duckdb"), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        yield connection


def test_there_are_ten():
    assert len(QUESTIONS) == 10
    assert QUESTIONS.keys() > FROM_FACTS.keys()


@pytest.mark.parametrize("question", FROM_FACTS)
def test_the_answer_is_that_of_the_single_records(bi, question):
    answer = bi.execute(QUESTIONS[question]).fetchall()
    expected = bi.execute(FROM_FACTS[question]).fetchall()
    assert len(answer) == len(expected) > 0
    for found, wanted in zip(answer, expected, strict=True):
        for value, right in zip(found, wanted, strict=False):
            assert value == (pytest.approx(right) if isinstance(right, float) else right)


def test_a_percentile_lies_where_the_receipts_do(bi):
    """Near the exact one: seconds of receipts are counted within bounds, not kept."""
    exact = {
        country: (count, p50)
        for country, count, p50 in bi.execute("""
            select
                country_name,
                count(*),
                quantile_cont(epoch(fct_mdr.receipt_at) - epoch(fct_mdr.received_at), 0.5)
            from fct_mdr
            inner join dim_networks using (mccmnc)
            where
                outcome = 'delivered'
                and fct_mdr.receipt_at is not null
                and not has_implausible_receipt
            group by country_name
        """).fetchall()
    }
    answer = bi.execute(QUESTIONS["How long do receipts take?"]).fetchall()
    assert len(answer) > 5
    for country, receipts, p50, p95 in answer:
        assert receipts == exact[country][0]
        if receipts >= 20:
            assert p50 == pytest.approx(exact[country][1], rel=0.5)
            assert p50 <= p95


def test_one_persons_messages_are_found_without_their_number(bi):
    answer = bi.execute(QUESTIONS["What became of one person's messages?"])
    assert "recipient_hash" not in [name for name, *_ in answer.description]
    assert answer.fetchall()
