-- One message to one target. due_at stands while it is pending; `tries` counts since the delivery was (re)started, and is
-- what the schedule goes by, while `attempts` counts them all.
create table notifications.deliveries (
  delivery_id uuid primary key,
  target_kind text not null,
  target_id uuid not null,
  event text not null,
  position bigint,
  replay_id uuid,
  message json,
  state text not null check (state in ('pending', 'delivered', 'failed', 'dropped')),
  attempts integer not null default 0,
  tries integer not null default 0,
  due_at timestamptz,
  created_at timestamptz not null,
  ended_at timestamptz,
  last_error text,
  last_status_code integer,
  check ((state = 'pending') = (due_at is not null)),
  check ((state = 'pending') = (ended_at is null))
);

-- What is due of a target, and, skipping from one to the next, which targets have anything.
create index deliveries_due on notifications.deliveries (target_id, due_at, position, delivery_id)
where state = 'pending';

-- The delivery log, newest first; what failed is looked for most and is the smallest part of it.
create index deliveries_log on notifications.deliveries (target_id, created_at, position, delivery_id);

create index deliveries_failed on notifications.deliveries (target_id, created_at, position, delivery_id)
where state = 'failed';

create index deliveries_ended on notifications.deliveries (ended_at)
where ended_at is not null;

create table notifications.attempts (
  delivery_id uuid not null,
  number integer not null,
  at timestamptz not null,
  duration_ms integer not null,
  status_code integer,
  error text,
  detail text,
  response text,
  primary key (delivery_id, number)
);

-- How a target fares. `held`: its pending deliveries wait; `closed_at`: it is no more, and they are dropped.
-- `failing_since`: the first failure after the last success; `most_tries`: of one delivery since then. Tests count in nothing
-- of this. `last_attempt`: {at, error, status_code, detail}.
create table notifications.targets (
  target_id uuid primary key,
  target_kind text not null,
  held boolean not null default false,
  failing_since timestamptz,
  most_tries integer not null default 0,
  gone_at timestamptz,
  closed_at timestamptz,
  last_error text,
  last_delivered_at timestamptz,
  last_attempt json,
  delivered bigint not null default 0,
  failed bigint not null default 0
)
with (fillfactor = 50);

create index targets_closed on notifications.targets (target_id)
where closed_at is not null;

create index targets_failing on notifications.targets (target_id)
where failing_since is not null or gone_at is not null;

-- `filter_errors`: events for which the filter could not be worked out, since the webhook has this filter.
create table notifications.webhooks (
  webhook_id uuid primary key,
  document json not null,
  status text not null,
  filter_errors bigint not null default 0,
  last_filter_error text
);

create index webhooks_failing on notifications.webhooks (webhook_id)
where status = 'failing';

-- What of the log is delivered (again) to one webhook: up to `position` it is done. Without `own_ids` the deliveries have
-- the ids that they would have had at first, so that what was delivered is not repeated (a backfill).
create table notifications.webhook_replays (
  replay_id uuid primary key,
  webhook_id uuid not null,
  own_ids boolean not null,
  first_position bigint not null,
  last_position bigint not null,
  position bigint not null,
  per_second integer not null,
  requested_at timestamptz not null,
  next_at timestamptz not null,
  done_at timestamptz
);

create index webhook_replays_open on notifications.webhook_replays (next_at)
where done_at is null;

create index webhook_replays_of on notifications.webhook_replays (webhook_id, requested_at);
