-- Dead letters by the class of their failure, by type and by age at the time $1.
select
  coalesce(failure_class, 'unclassified') as class,
  type,
  case
    when ended_at > $1::timestamptz - interval '1 hour' then 'hour'
    when ended_at > $1::timestamptz - interval '1 day' then 'day'
    when ended_at > $1::timestamptz - interval '7 days' then 'week'
    else 'older'
  end as age,
  count(*)::int as count,
  min(ended_at) as oldest,
  max(ended_at) as newest
from read_models.tasks
where status = 'dead_lettered'
group by 1, 2, 3
