{{ scorecard(subject='account_name', counted='sender', counted_as='sender_count') }}
