-- $1: [{delivery_id, target_id, target_kind, number, tries, at, duration_ms, status_code, error, detail, response, state,
-- due_at, gone}]: attempts that have ended, each with what it makes of its delivery. A delivery that was tried by somebody
-- else meanwhile, or dropped, stays as it is. Answers how each target fares after them.
with results as (
  select *
  from json_to_recordset($1::json) as r (
    delivery_id uuid, target_id uuid, target_kind text, number integer, tries integer, at timestamptz,
    duration_ms integer, status_code integer, error text, detail text, response text, state text, due_at timestamptz,
    gone boolean
  )
),

kept as (
  insert into notifications.attempts (delivery_id, number, at, duration_ms, status_code, error, detail, response)
  select delivery_id, number, at, duration_ms, status_code, error, detail, response
  from results
  on conflict (delivery_id, number) do nothing
),

updated as (
  update notifications.deliveries as d
  set
    state = r.state,
    attempts = r.number,
    tries = d.tries + 1,
    due_at = r.due_at,
    ended_at = case when r.state <> 'pending' then clock_timestamp() end,
    last_error = r.error,
    last_status_code = r.status_code
  from results as r
  where d.delivery_id = r.delivery_id and d.state = 'pending' and d.attempts = r.number - 1
  returning
    r.target_id, r.target_kind, r.tries, r.at, r.duration_ms, r.status_code, r.error, r.detail, r.state, r.gone
),

ends as (
  select
    target_id,
    target_kind,
    tries,
    at,
    status_code,
    error,
    left(detail, 500) as detail,
    state,
    gone,
    at + duration_ms * interval '1 millisecond' as ended_at,
    max(at + duration_ms * interval '1 millisecond') filter (where error is null)
      over (partition by target_id) as last_success
  from updated
)

insert into notifications.targets as t (
  target_id, target_kind, failing_since, most_tries, gone_at, last_error, last_delivered_at, last_attempt, delivered,
  failed
)
select
  target_id,
  min(target_kind),
  min(ended_at) filter (where last_success is null or ended_at > last_success),
  coalesce(max(tries) filter (where last_success is null or ended_at > last_success), 0),
  max(ended_at) filter (where gone),
  (array_agg(coalesce(detail, error) order by ended_at desc) filter (where error is not null))[1],
  max(last_success),
  (array_agg(
    json_build_object('at', at, 'status_code', status_code, 'error', error, 'detail', detail) order by ended_at desc
  ))[1],
  count(*) filter (where state = 'delivered'),
  count(*) filter (where state = 'failed')
from ends
group by target_id
on conflict (target_id) do update set
  failing_since = case
    when excluded.last_delivered_at is null then coalesce(t.failing_since, excluded.failing_since)
    else excluded.failing_since
  end,
  most_tries = case
    when excluded.last_delivered_at is null then greatest(t.most_tries, excluded.most_tries) else excluded.most_tries
  end,
  gone_at = coalesce(excluded.gone_at, t.gone_at),
  last_error = coalesce(excluded.last_error, t.last_error),
  last_delivered_at = coalesce(excluded.last_delivered_at, t.last_delivered_at),
  last_attempt = excluded.last_attempt,
  delivered = t.delivered + excluded.delivered,
  failed = t.failed + excluded.failed
returning target_id, target_kind, failing_since, most_tries, gone_at is not null as gone
