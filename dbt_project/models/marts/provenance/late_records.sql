with findings as (
    {{ late_record_findings(ref('stg_miatel__day_files')) }}
),

final as (
    select
        mdr_date,
        found_at,
        run_id,
        record_count,
        most_hours,
        cast(24 * ceil(most_hours / 24) as bigint) as suggested_lookback_hours,
        first_received_at,
        last_received_at
    from findings
)

select * from final
