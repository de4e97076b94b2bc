{# Whether the owner wants recipients and texts in a mart of their own: fct_mdr_personal. #}
{% macro wants_personal_data() -%}
    {{ return(env_var('MIATEL_PERSONAL_DATA', 'false') | lower == 'true') }}
{%- endmacro %}

{# When the owner does not want it any more, the table that an earlier run built goes. #}
{% macro drop_personal_data() -%}
    {%- if execute and not wants_personal_data() -%}
        {%- set built = load_relation(api.Relation.create(
            database=target.database, schema='marts', identifier='fct_mdr_personal', type='table'
        )) -%}
        {%- if built -%}
            {%- do adapter.drop_relation(built) -%}
            delete from {{ day_versions() }} where model_name = 'fct_mdr_personal'
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
