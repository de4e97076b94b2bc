select 259200 as maturity_seconds
