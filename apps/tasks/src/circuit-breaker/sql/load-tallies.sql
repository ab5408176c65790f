select breaker_id, tally from tasks.circuit_breaker_tallies where breaker_id = any($1::uuid[])
