-- How long the newest completed tasks of a type took, in milliseconds.
select extract(epoch from ended_at - started_at)::float8 * 1000 as milliseconds
from read_models.tasks
where type = $1 and status = 'completed' and started_at is not null
order by ended_at desc
limit $2
