{# Tests that each look at a model once, whatever number of columns they speak of. #}

{# No two rows have the same values in `columns`; nulls count as values. Hashes are compared first,
   values only where two hashes agree: a fraction of the time and memory, and the same answer. Rows of
   the result name the first and the last `day` of the copies, if the model has days. #}
{% test grain_is_unique(model, columns, day=none) -%}
    with repeated as (
        select {{ hash_of(columns) }} as hash
        from {{ model }}
        group by 1
        having count(*) > 1
    )

    select
        {{ columns | join(', ') }},
        {%- if day %}
        min({{ day }}) as first_date,
        max({{ day }}) as last_date,
        {%- endif %}
        count(*) as copies
    from {{ model }}
    where {{ hash_of(columns) }} in (select hash from repeated)
    group by {{ columns | join(', ') }}
    having count(*) > 1
{%- endtest %}

{# One number for the values of `columns`, nulls among them; equal values have equal numbers. #}
{% macro hash_of(columns) -%}
    {{ return(adapter.dispatch('hash_of')(columns)) }}
{%- endmacro %}

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
