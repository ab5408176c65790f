-- Sums of a stretch of buckets, in steps of $3 seconds, and where the levels stand now: of one snapshot, so that levels can be
-- reckoned backwards from now. $1, $2: the names of the first counters in it and after it.
select (extract(epoch from (substr(counter, 2, 16) || ':00Z')::timestamptz)::bigint / $3::bigint) * $3::bigint as at,
       substr(counter, 19) as measure,
       sum(value)::float8 as value
  from read_models.metric_counters
 where counter >= $1 and counter < $2
 group by 1, 2
union all
select null, substr(counter, 5), value::float8
  from read_models.metric_counters
 where counter >= 'now/' and counter < 'now0'
