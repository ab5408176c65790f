-- The last position recorded before a time. Commits have no index by time, but time never runs backwards along the log, so
-- a binary search over their primary key finds it in some tens of lookups: everything up to `low` is before $1, everything
-- after `high` is not.
with recursive bounds (low, high) as (
  select 0::bigint, coalesce((select max(last_position) from event_log.commits), 0)
  union all
  select case when c.committed_at < $1 then c.last_position else low end,
         case when c.committed_at < $1 then high else c.first_position - 1 end
    from bounds
   cross join lateral (
     select first_position, last_position, committed_at from event_log.commits
      where last_position >= (low + high + 1) / 2 order by last_position limit 1
   ) c
   where low < high
)
select low as position from bounds where low >= high
