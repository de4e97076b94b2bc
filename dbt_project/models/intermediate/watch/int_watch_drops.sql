{#- A finding gives way to one that explains so much of its loss. #}
{%- set explaining_share = 0.8 %}

with fallen as (
    select
        *,
        concat_ws('|', hour_at, scope, mccmnc, account_name, sender) as place_key
    from {{ ref('int_watch_fallen') }}
),

nested as (
    select
        wide.place_key as wide_key,
        narrow.place_key as narrow_key,
        narrow.lost_message_count >= {{ explaining_share }} * wide.lost_message_count as explains
    from fallen as wide
    inner join fallen as narrow
        on
            wide.hour_at = narrow.hour_at
            and wide.scope <> narrow.scope
            and coalesce(wide.mccmnc = narrow.mccmnc, wide.mccmnc is null)
            and coalesce(wide.account_name = narrow.account_name, wide.account_name is null)
            and coalesce(wide.sender = narrow.sender, wide.sender is null)
),

-- what one narrower finding explains
explained as (
    select distinct wide_key as place_key
    from nested
    where explains
),

-- what is part of a wider finding that no narrower one explains
included as (
    select distinct nested.narrow_key as place_key
    from nested
    left join explained on nested.wide_key = explained.place_key
    where explained.place_key is null
),

-- a sender and a network of one account overlap: the network stands if it explains the sender
crossed as (
    select distinct
        case
            when
                at_network.lost_message_count
                >= {{ explaining_share }} * of_sender.lost_message_count
                then of_sender.place_key
            else at_network.place_key
        end as place_key
    from fallen as of_sender
    inner join fallen as at_network
        on
            of_sender.hour_at = at_network.hour_at
            and of_sender.account_name = at_network.account_name
    where of_sender.scope = 'account_sender' and at_network.scope = 'account_network'
),

given_way as (
    select place_key from explained
    union
    select place_key from included
    union
    select place_key from crossed
),

final as (
    select
        fallen.mdr_date,
        fallen.hour_at,
        fallen.watch_type,
        fallen.mccmnc,
        fallen.account_name,
        fallen.sender,
        fallen.message_count,
        fallen.usual_message_count,
        fallen.usual_rate,
        fallen.observed_rate
    from fallen
    left join given_way on fallen.place_key = given_way.place_key
    where given_way.place_key is null
)

select * from final
