{# What a model makes of its inputs: its SQL, settings and contract, the SQL of what stands between it
   and them, and the project's macros, any of which these may call. After a change of them, every day
   of the model counts as changed (day_versions.sql). #}
{% macro code_version() -%}
    {%- set node = kept_node() -%}
    {%- if 'code_version' not in node -%}
        {%- set parts = [
            model.raw_code,
            config.get('meta')['settings'] | default(''),
            model.contract.checksum,
            code_between(model),
        ] -%}
        {%- for name in miatel | sort -%}
            {%- do parts.append(miatel[name].macro.macro_sql) -%}
        {%- endfor -%}
        {%- do node.update({'code_version': local_md5(parts | join)}) -%}
    {%- endif -%}
    {{ return(node['code_version']) }}
{%- endmacro %}

{# The SQL of the models that a node reads and the content of seeds, and of those that they read, up to
   the ones that are kept day by day: these have versions of their own. #}
{% macro code_between(node) -%}
    {%- set parts = [] -%}
    {%- for name in node.depends_on.nodes | sort if execute and name in graph.nodes -%}
        {%- set upstream = graph.nodes[name] -%}
        {%- if upstream.resource_type == 'model' and upstream.config.materialized != 'incremental' -%}
            {%- do parts.append(upstream.raw_code ~ code_between(upstream)) -%}
        {%- elif upstream.resource_type == 'seed' -%}
            {%- do parts.append(upstream.checksum.checksum) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(parts | join) }}
{%- endmacro %}

{# The present model as the graph has it, the same from its compilation until it is written, so that
   what is computed once can be kept there; a unit test has no graph. #}
{% macro kept_node() -%}
    {{ return(graph.get('nodes', {}).get(model.unique_id, model) if execute else model) }}
{%- endmacro %}
