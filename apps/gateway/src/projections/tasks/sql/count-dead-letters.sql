-- How many there are, counted to $5 at most.
select count(*)::int as total
from (
  select 1
  from read_models.tasks
  where
    status = 'dead_lettered'
    and ($1::text is null or coalesce(failure_class, 'unclassified') = $1)
    and ($2::text is null or type = $2)
    and ($3::text is null or agent_id = $3)
    and ($4::timestamptz is null or ended_at >= $4)
  limit $5
) as counted
