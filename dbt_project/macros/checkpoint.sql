{# At the end of a run: what the models committed goes from the log into the file, once for all of
   them (profiles.yml keeps the engine from doing so between any two). #}
{% macro checkpoint_warehouse() -%}
    {{ return(adapter.dispatch('checkpoint_warehouse')()) }}
{%- endmacro %}
