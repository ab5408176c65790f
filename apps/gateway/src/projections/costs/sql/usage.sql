-- $1, $2: the first and the last day. $3 text[]: the days from which prices hold, in order: what is summed up has one price.
-- $4, $5, $6: apart by day, by agent, by type of task?
select case when $4 then day end as by_day,
       case when $5 then agent_id end as agent_id,
       case when $6 then task_type end as task_type,
       provider, model, cost_currency, min(day) as day,
       sum(reports)::bigint as reports, sum(input_tokens)::bigint as input_tokens,
       sum(output_tokens)::bigint as output_tokens, sum(cached_input_tokens)::bigint as cached_input_tokens,
       sum(duration_ms)::bigint as duration_ms, sum(cost_micros)::bigint as cost_micros
  from read_models.costs
 where day between $1 and $2
 group by 1, 2, 3, provider, model, cost_currency, width_bucket(day, $3::text[])
