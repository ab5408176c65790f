-- Dead letters, the newest first.
select document
from read_models.tasks
where
  status = 'dead_lettered'
  and ($1::text is null or coalesce(failure_class, 'unclassified') = $1)
  and ($2::text is null or type = $2)
  and ($3::text is null or agent_id = $3)
  and ($4::timestamptz is null or ended_at >= $4)
order by ended_at desc, id desc
limit $5 offset $6
