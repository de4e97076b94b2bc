{# Tests that each look at a model once, whatever number of columns they speak of. #}

{# No two rows have the same values in `columns`; nulls count as values. #}
{% test grain_is_unique(model, columns) -%}
    select
        {{ columns | join(', ') }},
        count(*) as copies
    from {{ model }}
    group by {{ columns | join(', ') }}
    having count(*) > 1
{%- endtest %}

{# None of `columns` is ever null. #}
{% test is_filled(model, columns) -%}
    select *
    from {{ model }}
    where {{ columns | join(' is null or ') }} is null
{%- endtest %}

{# Each of `conditions` holds for every row; unknown counts as held, so say `is not null` if needed. #}
{% test always_holds(model, conditions) -%}
    select *
    from {{ model }}
    where not ({{ conditions | join(') or not (') }})
{%- endtest %}
