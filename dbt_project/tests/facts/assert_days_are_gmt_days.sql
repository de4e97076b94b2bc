-- What counts for a day happened in that GMT day: each MDR, and each hour of the hourly tables.
with moments as (
    select
        'fct_mdr' as model_name,
        mdr_date,
        received_at as happened_at
    from {{ ref('fct_mdr') }}
    union all
    select
        'fct_messages' as model_name,
        message_date as mdr_date,
        first_received_at as happened_at
    from {{ ref('fct_messages') }}
    union all
    select
        'delivery_hourly' as model_name,
        mdr_date,
        hour_at as happened_at
    from {{ ref('delivery_hourly') }}
    union all
    select
        'traffic_hourly' as model_name,
        mdr_date,
        hour_at as happened_at
    from {{ ref('traffic_hourly') }}
    union all
    select
        'traffic_hourly_by_account' as model_name,
        mdr_date,
        hour_at as happened_at
    from {{ ref('traffic_hourly_by_account') }}
)

select * from moments
where
    happened_at < {{ start_of_day('mdr_date') }}
    or happened_at >= {{ seconds_after(start_of_day('mdr_date'), 86400) }}
