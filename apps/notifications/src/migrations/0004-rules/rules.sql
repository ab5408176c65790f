-- The rules there are, in the same transaction as the checkpoint of the subscription `rules`.
create table notifications.rules (
  rule_id uuid primary key,
  -- Those it sends to: a channel that a rule sends to is not deleted.
  channels uuid[] not null,
  terms jsonb not null
);

-- Of each rule and key of its groups: what the throttle counts, and the group that is open.
create table notifications.rule_states (
  rule_id uuid not null,
  key text collate "C" not null,
  state jsonb not null,
  -- From when on it says nothing any more.
  expires_at timestamptz not null,
  primary key (rule_id, key)
) with (fillfactor = 70);

create index rule_states_expiry on notifications.rule_states (expires_at);
