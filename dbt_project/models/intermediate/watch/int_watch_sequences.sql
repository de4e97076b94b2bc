{{
    config(
        materialized='incremental',
        incremental_strategy='replace_days',
        on_schema_change='sync_all_columns',
        meta={'day_inputs': ['stg_miatel__day_files']},
        post_hook="{{ record_day_versions() }}",
    )
}}

-- depends_on: {{ ref('stg_miatel__day_files') }}

{#- Numbers that follow each other without a gap count from so many on. #}
{%- set least_run = 5 %}
{#- An hour is a finding from so many such numbers and such a share of its recipients on. #}
{%- set least_recipients = 20 %}
{%- set least_share = 0.1 %}

with mdr as (
    select * from {{ ref('stg_miatel__mdr') }}
),

sent as (
    select
        mdr_date,
        {{ start_of_hour('received_at') }} as hour_at,
        {{ or_none('account_name') }} as account_name,
        {{ or_none('mccmnc') }} as mccmnc,
        recipient
    from mdr
    where {{ only_changed_days('mdr_date') }}
),

-- most hours hold too few messages for a finding: their recipients need not be sorted
busy as (
    select
        mdr_date,
        hour_at,
        account_name,
        mccmnc
    from sent
    group by mdr_date, hour_at, account_name, mccmnc
    having count(*) >= {{ least_recipients }}
),

-- personal data: read here, counted below, stored nowhere
recipients as (
    select distinct
        sent.mdr_date,
        sent.hour_at,
        sent.account_name,
        sent.mccmnc,
        {{ recipient_number('sent.recipient') }} as number
    from sent
    inner join busy
        on
            sent.mdr_date = busy.mdr_date
            and sent.hour_at = busy.hour_at
            and sent.account_name = busy.account_name
            and sent.mccmnc = busy.mccmnc
),

ranked as (
    select
        *,
        number - row_number() over (
            partition by mdr_date, hour_at, account_name, mccmnc
            order by number
        ) as run_key
    from recipients
    where number is not null
),

runs as (
    select
        mdr_date,
        hour_at,
        account_name,
        mccmnc,
        count(*) as recipient_count
    from ranked
    group by mdr_date, hour_at, account_name, mccmnc, run_key
),

counted as (
    select
        mdr_date,
        hour_at,
        account_name,
        mccmnc,
        cast(sum(recipient_count) as bigint) as recipient_count,
        cast(
            coalesce(sum(case when recipient_count >= {{ least_run }} then recipient_count end), 0)
            as bigint
        ) as sequential_recipient_count
    from runs
    group by mdr_date, hour_at, account_name, mccmnc
),

final as (
    select * from counted
    where
        sequential_recipient_count >= {{ least_recipients }}
        and sequential_recipient_count >= {{ least_share }} * recipient_count
)

select * from final
