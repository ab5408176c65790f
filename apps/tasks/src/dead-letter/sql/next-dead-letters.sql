-- Those that the filter names, after position $6 and up to $5, at most $7.
select task_id, position
from tasks.dead_letters
where
  position > $6 and position <= $5
  and ($1::text is null or coalesce(failure_class, 'unclassified') = $1)
  and ($2::text is null or type = $2)
  and ($3::uuid is null or agent_id = $3)
  and ($4::timestamptz is null or dead_lettered_at >= $4)
order by position
limit $7
