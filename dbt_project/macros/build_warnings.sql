{# What tests of severity `warn` found, kept after a run for the mart build_warnings, so that whoever
   reads the tables sees it, too. #}

{# A test and how many rows it found. #}
{% macro build_warnings() -%}
    {{ return(api.Relation.create(
        database=target.database, schema='state', identifier='build_warnings'
    )) }}
{%- endmacro %}

{# At the end of a run: of the tests that ran what they say now, of others what they said before. #}
{% macro record_warnings(results) -%}
    {%- if execute -%}
        {%- set tests = results | selectattr('node.resource_type', 'equalto', 'test') | list -%}
        {%- for result in tests if result.status in ('pass', 'warn', 'fail') %}
            delete from {{ build_warnings() }} where test_name = '{{ result.node.name }}';
            {%- if result.status == 'warn' %}
            insert into {{ build_warnings() }}
            values ('{{ result.node.name }}', {{ result.failures }});
            {%- endif %}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
