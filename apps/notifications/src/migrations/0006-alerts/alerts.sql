-- Alerts as their events say: what stands, for those who watch.
create table notifications.alerts (
  alert_id uuid primary key,
  kind text not null,
  source text not null,
  raised boolean not null,
  document json not null
) with (fillfactor = 80);
create index alerts_raised on notifications.alerts (kind) where raised;

-- What is watched by its events (secrets, certificates, budgets, webhooks, channels), as they left it. `position` is that of
-- the last event that changed it: whoever looked at it before then must look again.
create table notifications.alert_subjects (
  subject text primary key,
  position bigint not null,
  document json not null
) with (fillfactor = 80);

-- Tasks that became dead letters, by second; what is older than the window that counts is removed.
create table notifications.dead_letter_counts (
  second timestamptz primary key,
  count integer not null
);

-- Services that were heard and have not said that they stop: of whom something is expected after a restart too.
create table notifications.expected_services (
  service text primary key
);
