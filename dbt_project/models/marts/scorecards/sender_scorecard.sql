{{ scorecard(subject='sender', counted='account_name', counted_as='account_count') }}
