-- The schema that the migrations make. Written by `npm run schema:dump`, compared by `npm run verify`; not for running.

-- Roles

create role ao_auditor login;
create role ao_discovery login;
grant ao_service to ao_discovery;
create role ao_gateway login;
grant ao_service to ao_gateway;
create role ao_identity login;
grant ao_service to ao_identity;
create role ao_notifications login;
grant ao_service to ao_notifications;
create role ao_owner nologin;
create role ao_registry login;
grant ao_service to ao_registry;
create role ao_service nologin;
create role ao_tasks login;
grant ao_service to ao_tasks;
create role ao_workflows login;
grant ao_service to ao_workflows;

-- Database

the database:
grant connect on database it to ao_auditor;
grant connect, create, temporary on database it to ao_owner;
grant connect on database it to ao_service;

-- Schemas

create schema discovery authorization ao_owner;
grant usage on schema discovery to ao_discovery;
create schema event_log authorization ao_owner;
grant usage on schema event_log to ao_auditor;
grant usage on schema event_log to ao_service;
create schema identity authorization ao_owner;
grant usage on schema identity to ao_identity;
create schema notifications authorization ao_owner;
grant usage on schema notifications to ao_notifications;
create schema public authorization pg_database_owner;
create schema read_models authorization ao_owner;
grant create, usage on schema read_models to ao_gateway;
create schema registry authorization ao_owner;
grant usage on schema registry to ao_registry;
create schema tasks authorization ao_owner;
grant usage on schema tasks to ao_tasks;
create schema telemetry authorization ao_owner;
grant usage on schema telemetry to ao_service;
create schema workflows authorization ao_owner;
grant usage on schema workflows to ao_workflows;

-- Default privileges

alter default privileges for role ao_owner grant on functions: ao_owner=X/ao_owner;
alter default privileges for role ao_owner in schema discovery grant on sequences: ao_discovery=U/ao_owner;
alter default privileges for role ao_owner in schema discovery grant on tables: ao_discovery=arwd/ao_owner;
alter default privileges for role ao_owner in schema identity grant on sequences: ao_identity=U/ao_owner;
alter default privileges for role ao_owner in schema identity grant on tables: ao_identity=arwd/ao_owner;
alter default privileges for role ao_owner in schema notifications grant on sequences: ao_notifications=U/ao_owner;
alter default privileges for role ao_owner in schema notifications grant on tables: ao_notifications=arwd/ao_owner;
alter default privileges for role ao_owner in schema read_models grant on sequences: ao_gateway=U/ao_owner;
alter default privileges for role ao_owner in schema read_models grant on tables: ao_gateway=arwd/ao_owner;
alter default privileges for role ao_owner in schema registry grant on sequences: ao_registry=U/ao_owner;
alter default privileges for role ao_owner in schema registry grant on tables: ao_registry=arwd/ao_owner;
alter default privileges for role ao_owner in schema tasks grant on sequences: ao_tasks=U/ao_owner;
alter default privileges for role ao_owner in schema tasks grant on tables: ao_tasks=arwd/ao_owner;
alter default privileges for role ao_owner in schema telemetry grant on tables: ao_service=r/ao_owner;
alter default privileges for role ao_owner in schema workflows grant on sequences: ao_workflows=U/ao_owner;
alter default privileges for role ao_owner in schema workflows grant on tables: ao_workflows=arwd/ao_owner;

-- Tables


create table discovery.agent_scores (
  id text not null,
  document json not null,
  "position" bigint not null,
  constraint agent_scores_pkey PRIMARY KEY (id)
) with (fillfactor=80);
alter table discovery.agent_scores owner to ao_owner;
grant delete, insert, select, update on table discovery.agent_scores to ao_discovery;

create table discovery.agents (
  id text not null,
  document json not null,
  "position" bigint not null,
  constraint agents_pkey PRIMARY KEY (id)
) with (fillfactor=80);
alter table discovery.agents owner to ao_owner;
grant delete, insert, select, update on table discovery.agents to ao_discovery;

create table discovery.capabilities (
  id text not null,
  document json not null,
  "position" bigint not null,
  constraint capabilities_pkey PRIMARY KEY (id)
) with (fillfactor=80);
alter table discovery.capabilities owner to ao_owner;
grant delete, insert, select, update on table discovery.capabilities to ao_discovery;

create table discovery.embedding_cache (
  embedder text not null,
  digest bytea not null,
  vector bytea not null,
  constraint embedding_cache_pkey PRIMARY KEY (embedder, digest)
);
alter table discovery.embedding_cache owner to ao_owner;
grant delete, insert, select, update on table discovery.embedding_cache to ao_discovery;

create table discovery.migrations (
  id integer not null default nextval('discovery.migrations_id_seq'::regclass),
  "timestamp" bigint not null,
  name character varying not null,
  constraint "PK_8c82d7f526340ab734260ea46be" PRIMARY KEY (id)
);
alter table discovery.migrations owner to ao_owner;
grant delete, insert, select, update on table discovery.migrations to ao_discovery;

create table discovery.parked_events (
  subscription text not null,
  "position" bigint not null,
  stream_id text not null,
  type text not null,
  error text,
  attempts integer not null default 0,
  parked_at timestamp with time zone not null default clock_timestamp(),
  retry_requested_at timestamp with time zone,
  constraint parked_events_pkey PRIMARY KEY (subscription, "position")
);
alter table discovery.parked_events owner to ao_owner;
CREATE INDEX parked_events_stream ON discovery.parked_events USING btree (subscription, stream_id, "position");
grant delete, insert, select, update on table discovery.parked_events to ao_discovery;

create table discovery.subscription_checkpoints (
  subscription text not null,
  "position" bigint not null,
  version integer not null default 1,
  generation bigint not null default 0,
  updated_at timestamp with time zone not null default clock_timestamp(),
  constraint subscription_checkpoints_pkey PRIMARY KEY (subscription)
) with (fillfactor=50);
alter table discovery.subscription_checkpoints owner to ao_owner;
grant delete, insert, select, update on table discovery.subscription_checkpoints to ao_discovery;

create table event_log.commands (
  command_id uuid not null,
  command_hash bytea not null,
  "position" bigint not null,
  recorded_at timestamp with time zone not null,
  result json not null,
  constraint commands_pkey PRIMARY KEY (command_id)
);
alter table event_log.commands owner to ao_owner;
CREATE INDEX commands_recorded_at ON event_log.commands USING brin (recorded_at);
CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON event_log.commands FOR EACH STATEMENT EXECUTE FUNCTION event_log.refuse_change(); -- enabled always
grant select on table event_log.commands to ao_auditor;
grant select on table event_log.commands to ao_service;

create table event_log.commits (
  last_position bigint not null,
  first_position bigint not null,
  committed_at timestamp with time zone not null,
  prev_hash bytea not null,
  hash bytea not null,
  event_hashes bytea not null,
  constraint commits_pkey PRIMARY KEY (last_position)
);
alter table event_log.commits owner to ao_owner;
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON event_log.commits FOR EACH STATEMENT EXECUTE FUNCTION event_log.refuse_change(); -- enabled always
grant select on table event_log.commits to ao_auditor;
grant select on table event_log.commits to ao_service;

create table event_log.events (
  "position" bigint not null,
  stream_id text not null,
  category text not null,
  version bigint not null,
  type text not null,
  schema_version integer not null,
  data json not null,
  metadata json not null,
  recorded_at timestamp with time zone not null,
  constraint events_category CHECK ((category = split_part(stream_id, '-'::text, 1))),
  constraint events_pkey PRIMARY KEY ("position"),
  constraint events_stream_id CHECK ((stream_id ~ '^[a-z][a-z0-9_]*-[A-Za-z0-9][A-Za-z0-9_:-]*$'::text)),
  constraint events_stream_version UNIQUE (stream_id, version),
  constraint events_type CHECK ((type ~ '^[A-Za-z][A-Za-z0-9]*$'::text))
);
alter table event_log.events owner to ao_owner;
CREATE INDEX events_category_position ON event_log.events USING btree (category, "position");
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON event_log.events FOR EACH STATEMENT EXECUTE FUNCTION event_log.refuse_change(); -- enabled always
grant select on table event_log.events to ao_auditor;
grant select on table event_log.events to ao_service;

create table event_log.migrations (
  id integer not null default nextval('event_log.migrations_id_seq'::regclass),
  "timestamp" bigint not null,
  name character varying not null,
  constraint "PK_8c82d7f526340ab734260ea46be" PRIMARY KEY (id)
);
alter table event_log.migrations owner to ao_owner;
grant select on table event_log.migrations to ao_auditor;
grant select on table event_log.migrations to ao_service;

create table event_log.seals (
  last_position bigint not null,
  hash bytea not null,
  sealed_at timestamp with time zone not null,
  key_id text not null,
  signature bytea not null,
  constraint seals_hash_check CHECK ((octet_length(hash) = 32)),
  constraint seals_key_id_check CHECK ((key_id ~ '^[0-9a-f]{16}$'::text)),
  constraint seals_pkey PRIMARY KEY (last_position),
  constraint seals_signature_check CHECK ((octet_length(signature) = 64))
);
alter table event_log.seals owner to ao_owner;
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON event_log.seals FOR EACH STATEMENT EXECUTE FUNCTION event_log.refuse_change(); -- enabled always
grant select on table event_log.seals to ao_auditor;
grant select on table event_log.seals to ao_service;

create table identity.data_keys (
  subject text not null,
  wrapped bytea,
  kek_id text not null,
  created_at timestamp with time zone not null default clock_timestamp(),
  destroyed_at timestamp with time zone,
  constraint data_keys_destroyed CHECK (((wrapped IS NULL) = (destroyed_at IS NOT NULL))),
  constraint data_keys_pkey PRIMARY KEY (subject)
);
alter table identity.data_keys owner to ao_owner;
grant delete, insert, select, update on table identity.data_keys to ao_identity;

create table identity.known_origins (
  user_id uuid not null,
  origin text not null,
  last_login_at timestamp with time zone not null,
  constraint known_origins_pkey PRIMARY KEY (user_id, origin)
);
alter table identity.known_origins owner to ao_owner;
grant delete, insert, select, update on table identity.known_origins to ao_identity;

create table identity.login_failures (
  bucket text not null,
  failures integer not null,
  window_ends_at timestamp with time zone not null,
  constraint login_failures_pkey PRIMARY KEY (bucket)
);
alter table identity.login_failures owner to ao_owner;
grant delete, insert, select, update on table identity.login_failures to ao_identity;

create table identity.migrations (
  id integer not null default nextval('identity.migrations_id_seq'::regclass),
  "timestamp" bigint not null,
  name character varying not null,
  constraint "PK_8c82d7f526340ab734260ea46be" PRIMARY KEY (id)
);
alter table identity.migrations owner to ao_owner;
grant delete, insert, select, update on table identity.migrations to ao_identity;

create table identity.parked_events (
  subscription text not null,
  "position" bigint not null,
  stream_id text not null,
  type text not null,
  error text,
  attempts integer not null default 0,
  parked_at timestamp with time zone not null default clock_timestamp(),
  retry_requested_at timestamp with time zone,
  constraint parked_events_pkey PRIMARY KEY (subscription, "position")
);
alter table identity.parked_events owner to ao_owner;
CREATE INDEX parked_events_stream ON identity.parked_events USING btree (subscription, stream_id, "position");
grant delete, insert, select, update on table identity.parked_events to ao_identity;

create table identity.subscription_checkpoints (
  subscription text not null,
  "position" bigint not null,
  version integer not null default 1,
  generation bigint not null default 0,
  updated_at timestamp with time zone not null default clock_timestamp(),
  constraint subscription_checkpoints_pkey PRIMARY KEY (subscription)
) with (fillfactor=50);
alter table identity.subscription_checkpoints owner to ao_owner;
grant delete, insert, select, update on table identity.subscription_checkpoints to ao_identity;

create table notifications.alert_subjects (
  subject text not null,
  "position" bigint not null,
  document json not null,
  constraint alert_subjects_pkey PRIMARY KEY (subject)
) with (fillfactor=80);
alter table notifications.alert_subjects owner to ao_owner;
grant delete, insert, select, update on table notifications.alert_subjects to ao_notifications;

create table notifications.alerts (
  alert_id uuid not null,
  kind text not null,
  source text not null,
  raised boolean not null,
  document json not null,
  constraint alerts_pkey PRIMARY KEY (alert_id)
) with (fillfactor=80);
alter table notifications.alerts owner to ao_owner;
CREATE INDEX alerts_raised ON notifications.alerts USING btree (kind) WHERE raised;
grant delete, insert, select, update on table notifications.alerts to ao_notifications;

create table notifications.attempts (
  delivery_id uuid not null,
  number integer not null,
  at timestamp with time zone not null,
  duration_ms integer not null,
  status_code integer,
  error text,
  detail text,
  response text,
  constraint attempts_pkey PRIMARY KEY (delivery_id, number)
);
alter table notifications.attempts owner to ao_owner;
grant delete, insert, select, update on table notifications.attempts to ao_notifications;

create table notifications.dead_letter_counts (
  second timestamp with time zone not null,
  count integer not null,
  constraint dead_letter_counts_pkey PRIMARY KEY (second)
);
alter table notifications.dead_letter_counts owner to ao_owner;
grant delete, insert, select, update on table notifications.dead_letter_counts to ao_notifications;

create table notifications.deliveries (
  delivery_id uuid not null,
  target_kind text not null,
  target_id uuid not null,
  event text not null,
  "position" bigint,
  replay_id uuid,
  message json,
  state text not null,
  attempts integer not null default 0,
  tries integer not null default 0,
  due_at timestamp with time zone,
  created_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  last_error text,
  last_status_code integer,
  constraint deliveries_check CHECK (((state = 'pending'::text) = (due_at IS NOT NULL))),
  constraint deliveries_check1 CHECK (((state = 'pending'::text) = (ended_at IS NULL))),
  constraint deliveries_pkey PRIMARY KEY (delivery_id),
  constraint deliveries_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'delivered'::text, 'failed'::text, 'dropped'::text])))
);
alter table notifications.deliveries owner to ao_owner;
CREATE INDEX deliveries_due ON notifications.deliveries USING btree (target_id, due_at, "position", delivery_id) WHERE (state = 'pending'::text);
CREATE INDEX deliveries_ended ON notifications.deliveries USING btree (ended_at) WHERE (ended_at IS NOT NULL);
CREATE INDEX deliveries_failed ON notifications.deliveries USING btree (target_id, created_at, "position", delivery_id) WHERE (state = 'failed'::text);
CREATE INDEX deliveries_log ON notifications.deliveries USING btree (target_id, created_at, "position", delivery_id);
grant delete, insert, select, update on table notifications.deliveries to ao_notifications;

create table notifications.expected_services (
  service text not null,
  constraint expected_services_pkey PRIMARY KEY (service)
);
alter table notifications.expected_services owner to ao_owner;
grant delete, insert, select, update on table notifications.expected_services to ao_notifications;

create table notifications.mails (
  notification_id uuid not null,
  user_id uuid not null,
  severity text not null,
  event text,
  "position" bigint,
  subject text not null,
  body text not null,
  created_at timestamp with time zone not null,
  due_at timestamp with time zone not null,
  delivery_id uuid,
  constraint mails_pkey PRIMARY KEY (notification_id)
);
alter table notifications.mails owner to ao_owner;
CREATE INDEX mails_of_person ON notifications.mails USING btree (user_id, created_at);
grant delete, insert, select, update on table notifications.mails to ao_notifications;

create table notifications.migrations (
  id integer not null default nextval('notifications.migrations_id_seq'::regclass),
  "timestamp" bigint not null,
  name character varying not null,
  constraint "PK_8c82d7f526340ab734260ea46be" PRIMARY KEY (id)
);
alter table notifications.migrations owner to ao_owner;
grant delete, insert, select, update on table notifications.migrations to ao_notifications;

create table notifications.parked_events (
  subscription text not null,
  "position" bigint not null,
  stream_id text not null,
  type text not null,
  error text,
  attempts integer not null default 0,
  parked_at timestamp with time zone not null default clock_timestamp(),
  retry_requested_at timestamp with time zone,
  constraint parked_events_pkey PRIMARY KEY (subscription, "position")
);
alter table notifications.parked_events owner to ao_owner;
CREATE INDEX parked_events_stream ON notifications.parked_events USING btree (subscription, stream_id, "position");
grant delete, insert, select, update on table notifications.parked_events to ao_notifications;

create table notifications.people (
  user_id uuid not null,
  role text,
  active boolean not null,
  email text,
  preferences json,
  constraint people_pkey PRIMARY KEY (user_id)
);
alter table notifications.people owner to ao_owner;
CREATE INDEX people_by_role ON notifications.people USING btree (role) WHERE active;
grant delete, insert, select, update on table notifications.people to ao_notifications;

create table notifications.personal_minutes (
  user_id uuid not null,
  minute timestamp with time zone not null,
  told integer not null,
  withheld json not null,
  constraint personal_minutes_pkey PRIMARY KEY (user_id)
) with (fillfactor=70);
alter table notifications.personal_minutes owner to ao_owner;
grant delete, insert, select, update on table notifications.personal_minutes to ao_notifications;

create table notifications.rule_states (
  rule_id uuid not null,
  key text not null,
  state jsonb not null,
  expires_at timestamp with time zone not null,
  constraint rule_states_pkey PRIMARY KEY (rule_id, key)
) with (fillfactor=70);
alter table notifications.rule_states owner to ao_owner;
CREATE INDEX rule_states_expiry ON notifications.rule_states USING btree (expires_at);
grant delete, insert, select, update on table notifications.rule_states to ao_notifications;

create table notifications.rules (
  rule_id uuid not null,
  channels uuid[] not null,
  terms jsonb not null,
  constraint rules_pkey PRIMARY KEY (rule_id)
);
alter table notifications.rules owner to ao_owner;
grant delete, insert, select, update on table notifications.rules to ao_notifications;

create table notifications.subscription_checkpoints (
  subscription text not null,
  "position" bigint not null,
  version integer not null default 1,
  generation bigint not null default 0,
  updated_at timestamp with time zone not null default clock_timestamp(),
  constraint subscription_checkpoints_pkey PRIMARY KEY (subscription)
) with (fillfactor=50);
alter table notifications.subscription_checkpoints owner to ao_owner;
grant delete, insert, select, update on table notifications.subscription_checkpoints to ao_notifications;

create table notifications.targets (
  target_id uuid not null,
  target_kind text not null,
  held boolean not null default false,
  failing_since timestamp with time zone,
  most_tries integer not null default 0,
  gone_at timestamp with time zone,
  closed_at timestamp with time zone,
  last_error text,
  last_delivered_at timestamp with time zone,
  last_attempt json,
  delivered bigint not null default 0,
  failed bigint not null default 0,
  constraint targets_pkey PRIMARY KEY (target_id)
) with (fillfactor=50);
alter table notifications.targets owner to ao_owner;
CREATE INDEX targets_closed ON notifications.targets USING btree (target_id) WHERE (closed_at IS NOT NULL);
CREATE INDEX targets_failing ON notifications.targets USING btree (target_id) WHERE ((failing_since IS NOT NULL) OR (gone_at IS NOT NULL));
grant delete, insert, select, update on table notifications.targets to ao_notifications;

create table notifications.timers (
  timer_id text not null,
  due_at timestamp with time zone not null,
  kind text not null,
  payload json not null,
  constraint timers_pkey PRIMARY KEY (timer_id)
);
alter table notifications.timers owner to ao_owner;
CREATE INDEX timers_due ON notifications.timers USING btree (due_at);
grant delete, insert, select, update on table notifications.timers to ao_notifications;

create table notifications.webhook_replays (
  replay_id uuid not null,
  webhook_id uuid not null,
  own_ids boolean not null,
  first_position bigint not null,
  last_position bigint not null,
  "position" bigint not null,
  per_second integer not null,
  requested_at timestamp with time zone not null,
  next_at timestamp with time zone not null,
  done_at timestamp with time zone,
  constraint webhook_replays_pkey PRIMARY KEY (replay_id)
);
alter table notifications.webhook_replays owner to ao_owner;
CREATE INDEX webhook_replays_of ON notifications.webhook_replays USING btree (webhook_id, requested_at);
CREATE INDEX webhook_replays_open ON notifications.webhook_replays USING btree (next_at) WHERE (done_at IS NULL);
grant delete, insert, select, update on table notifications.webhook_replays to ao_notifications;

create table notifications.webhooks (
  webhook_id uuid not null,
  document json not null,
  status text not null,
  filter_errors bigint not null default 0,
  last_filter_error text,
  constraint webhooks_pkey PRIMARY KEY (webhook_id)
);
alter table notifications.webhooks owner to ao_owner;
CREATE INDEX webhooks_failing ON notifications.webhooks USING btree (webhook_id) WHERE (status = 'failing'::text);
grant delete, insert, select, update on table notifications.webhooks to ao_notifications;

create table read_models.agent_counters (
  counter text not null,
  value bigint not null,
  constraint agent_counters_pkey PRIMARY KEY (counter)
) with (fillfactor=50);
alter table read_models.agent_counters owner to ao_owner;
grant delete, insert, select, update on table read_models.agent_counters to ao_gateway;

create table read_models.agents (
  id text not null,
  document json not null,
  "position" bigint not null,
  external_id text,
  agent_type text not null,
  deployment_status text not null,
  load text not null,
  capabilities text[] not null,
  lifecycle text not null,
  operations_status text not null,
  role text not null,
  constraint agents_pkey PRIMARY KEY (id)
) with (fillfactor=80);
alter table read_models.agents owner to ao_owner;
CREATE INDEX agents_capabilities ON read_models.agents USING gin (capabilities);
CREATE INDEX agents_external_id ON read_models.agents USING btree (external_id) WHERE (external_id IS NOT NULL);
CREATE INDEX agents_worker ON read_models.agents USING btree ((((document -> 'details'::text) ->> 'worker_id'::text))) WHERE (((document -> 'details'::text) ->> 'worker_id'::text) IS NOT NULL);
grant delete, insert, select, update on table read_models.agents to ao_gateway;

create table read_models.alerts (
  id text not null,
  document json not null,
  "position" bigint not null,
  kind text not null,
  severity text not null,
  status text not null,
  raised_at timestamp with time zone not null,
  constraint alerts_pkey PRIMARY KEY (id)
) with (fillfactor=80);
alter table read_models.alerts owner to ao_owner;
CREATE INDEX alerts_by_time ON read_models.alerts USING btree (raised_at DESC, id DESC);
grant delete, insert, select, update on table read_models.alerts to ao_gateway;

create table read_models.api_keys (
  id text not null,
  document json not null,
  "position" bigint not null,
  owner_type text not null,
  owner_id text not null,
  revoked boolean not null,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone,
  constraint api_keys_pkey PRIMARY KEY (id)
) with (fillfactor=80);
alter table read_models.api_keys owner to ao_owner;
CREATE INDEX api_keys_owner ON read_models.api_keys USING btree (owner_id, created_at DESC, id DESC);
grant delete, insert, select, update on table read_models.api_keys to ao_gateway;

create table read_models.approvals (
  id text not null,
  document json not null,
  "position" bigint not null,
  status text not null,
  run_id text,
  requested_by text,
  roles text[] not null,
  users text[] not null,
  voters text[] not null,
  allow_self boolean not null,
  requested_at timestamp with time zone not null,
  constraint approvals_pkey PRIMARY KEY (id)
) with (fillfactor=80);
alter table read_models.approvals owner to ao_owner;
CREATE INDEX approvals_by_status ON read_models.approvals USING btree (status, requested_at, id);
CREATE INDEX approvals_of_run ON read_models.approvals USING btree (run_id) WHERE (run_id IS NOT NULL);
grant delete, insert, select, update on table read_models.approvals to ao_gateway;

create table read_models.budgets (
  id text not null,
  document json not null,
  "position" bigint not null,
  constraint budgets_pkey PRIMARY KEY (id)
) with (fillfactor=80);
alter table read_models.budgets owner to ao_owner;
grant delete, insert, select, update on table read_models.budgets to ao_gateway;

create table read_models.certificates (
  id text not null,
  document json not null,
  "position" bigint not null,
  dead_until timestamp with time zone,
  constraint certificates_pkey PRIMARY KEY (id)
) with (fillfactor=80);
alter table read_models.certificates owner to ao_owner;
CREATE INDEX certificates_dead_until ON read_models.certificates USING btree (dead_until) WHERE (dead_until IS NOT NULL);
grant delete, insert, select, update on table read_models.certificates to ao_gateway;

create table read_models.channels (
  id text not null,
  document json not null,
  "position" bigint not null,
  type text not null,
  status text not null,
  created_at timestamp with time zone not null,
  constraint channels_pkey PRIMARY KEY (id)
) with (fillfactor=80);
alter table read_models.channels owner to ao_owner;
grant delete, insert, select, update on table read_models.channels to ao_gateway;

create table read_models.circuit_breakers (
  id text not null,
  document json not null,
  "position" bigint not null,
  name text not null,
  state text not null,
  constraint circuit_breakers_pkey PRIMARY KEY (id)
) with (fillfactor=80);
alter table read_models.circuit_breakers owner to ao_owner;
CREATE INDEX circuit_breakers_name ON read_models.circuit_breakers USING btree (name);
grant delete, insert, select, update on table read_models.circuit_breakers to ao_gateway;

create table read_models.code_reviews (
  id text not null,
  document json not null,
  "position" bigint not null,
  status text not null,
  agent_id text,
  requested_by text not null,
  comment_count integer not null,
  requested_at timestamp with time zone not null,
  constraint code_reviews_pkey PRIMARY KEY (id)
) with (fillfactor=80);
alter table read_models.code_reviews owner to ao_owner;
CREATE INDEX code_reviews_by_time ON read_models.code_reviews USING btree (requested_at DESC, id DESC);
CREATE INDEX code_reviews_of_agent ON read_models.code_reviews USING btree (agent_id, requested_at DESC, id DESC);
grant delete, insert, select, update on table read_models.code_reviews to ao_gateway;

create table read_models.costs (
  id text not null,
  document json not null,
  "position" bigint not null,
  day text not null,
  agent_id text not null,
  task_type text not null,
  provider text not null,
  model text not null,
  reports bigint not null,
  input_tokens bigint not null,
  output_tokens bigint not null,
  cached_input_tokens bigint not null,
  duration_ms bigint not null,
  cost_currency text,
  cost_micros bigint not null,
  constraint costs_pkey PRIMARY KEY (id)
) with (fillfactor=80);
alter table read_models.costs owner to ao_owner;
CREATE INDEX costs_day ON read_models.costs USING btree (day);
grant delete, insert, select, update on table read_models.costs to ao_gateway;

create table read_models.inboxes (
  id text not null,
  document json not null,
  "position" bigint not null,
  read_until bigint not null,
  constraint inboxes_pkey PRIMARY KEY (id)
) with (fillfactor=80);
alter table read_models.inboxes owner to ao_owner;
grant delete, insert, select, update on table read_models.inboxes to ao_gateway;

create table read_models.installations (
  id text not null,
  document json not null,
  "position" bigint not null,
  template_id text not null,
  status text not null,
  started_at timestamp with time zone not null,
  constraint installations_pkey PRIMARY KEY (id)
) with (fillfactor=80);
alter table read_models.installations owner to ao_owner;
grant delete, insert, select, update on table read_models.installations to ao_gateway;

create table read_models.metric_counters (
  counter text not null,
  value bigint not null,
  constraint metric_counters_pkey PRIMARY KEY (counter)
) with (fillfactor=50);
alter table read_models.metric_counters owner to ao_owner;
grant delete, insert, select, update on table read_models.metric_counters to ao_gateway;

create table read_models.metric_subjects (
  id text not null,
  document json not null,
  "position" bigint not null,
  constraint metric_subjects_pkey PRIMARY KEY (id)
) with (fillfactor=80);
alter table read_models.metric_subjects owner to ao_owner;
grant delete, insert, select, update on table read_models.metric_subjects to ao_gateway;

create table read_models.migrations (
  id integer not null default nextval('read_models.migrations_id_seq'::regclass),
  "timestamp" bigint not null,
  name character varying not null,
  constraint "PK_8c82d7f526340ab734260ea46be" PRIMARY KEY (id)
);
alter table read_models.migrations owner to ao_owner;
grant delete, insert, select, update on table read_models.migrations to ao_gateway;

create table read_models.notification_rules (
  id text not null,
  document json not null,
  "position" bigint not null,
  name text not null,
  enabled boolean not null,
  created_at timestamp with time zone not null,
  constraint notification_rules_pkey PRIMARY KEY (id)
) with (fillfactor=80);
alter table read_models.notification_rules owner to ao_owner;
grant delete, insert, select, update on table read_models.notification_rules to ao_gateway;

create table read_models.notifications (
  id text not null,
  document json not null,
  "position" bigint not null,
  user_id text not null,
  at bigint not null,
  read boolean not null,
  constraint notifications_pkey PRIMARY KEY (id)
) with (fillfactor=80);
alter table read_models.notifications owner to ao_owner;
CREATE INDEX notifications_of_person ON read_models.notifications USING btree (user_id, at DESC) INCLUDE (read);
grant delete, insert, select, update on table read_models.notifications to ao_gateway;

create table read_models.oauth_clients (
  id text not null,
  document json not null,
  "position" bigint not null,
  owner_type text not null,
  owner_id text not null,
  revoked boolean not null,
  created_at timestamp with time zone not null,
  constraint oauth_clients_pkey PRIMARY KEY (id)
) with (fillfactor=80);
alter table read_models.oauth_clients owner to ao_owner;
CREATE INDEX oauth_clients_owner ON read_models.oauth_clients USING btree (owner_id, created_at DESC, id DESC);
grant delete, insert, select, update on table read_models.oauth_clients to ao_gateway;

create table read_models.parked_events (
  subscription text not null,
  "position" bigint not null,
  stream_id text not null,
  type text not null,
  error text,
  attempts integer not null default 0,
  parked_at timestamp with time zone not null default clock_timestamp(),
  retry_requested_at timestamp with time zone,
  constraint parked_events_pkey PRIMARY KEY (subscription, "position")
);
alter table read_models.parked_events owner to ao_owner;
CREATE INDEX parked_events_stream ON read_models.parked_events USING btree (subscription, stream_id, "position");
grant delete, insert, select, update on table read_models.parked_events to ao_gateway;

create table read_models.preferences (
  id text not null,
  document json not null,
  "position" bigint not null,
  constraint preferences_pkey PRIMARY KEY (id)
) with (fillfactor=80);
alter table read_models.preferences owner to ao_owner;
grant delete, insert, select, update on table read_models.preferences to ao_gateway;

create unlogged table read_models.rate_windows (
  bucket text not null,
  seconds integer not null,
  ends_at timestamp with time zone not null,
  budget bigint not null,
  used bigint not null,
  granted bigint not null,
  constraint rate_windows_pkey PRIMARY KEY (bucket, seconds, ends_at)
);
alter table read_models.rate_windows owner to ao_owner;
grant delete, insert, select, update on table read_models.rate_windows to ao_gateway;

create table read_models.recorded_capabilities (
  id text not null,
  document json not null,
  "position" bigint not null,
  agent_id text not null,
  name text not null,
  constraint recorded_capabilities_pkey PRIMARY KEY (id)
) with (fillfactor=80);
alter table read_models.recorded_capabilities owner to ao_owner;
CREATE INDEX recorded_capabilities_agent ON read_models.recorded_capabilities USING btree (agent_id, name);
grant delete, insert, select, update on table read_models.recorded_capabilities to ao_gateway;

create table read_models.registration_tokens (
  id text not null,
  document json not null,
  "position" bigint not null,
  usable boolean not null,
  expires_at timestamp with time zone not null,
  created_at timestamp with time zone not null,
  constraint registration_tokens_pkey PRIMARY KEY (id)
) with (fillfactor=80);
alter table read_models.registration_tokens owner to ao_owner;
CREATE INDEX registration_tokens_created_at ON read_models.registration_tokens USING btree (created_at DESC, id DESC);
grant delete, insert, select, update on table read_models.registration_tokens to ao_gateway;

create table read_models.runs (
  id text not null,
  document json not null,
  "position" bigint not null,
  workflow_id text not null,
  status text not null,
  parent_run_id text,
  started_at timestamp with time zone not null,
  constraint runs_pkey PRIMARY KEY (id)
) with (fillfactor=80);
alter table read_models.runs owner to ao_owner;
CREATE INDEX runs_by_status ON read_models.runs USING btree (status, started_at DESC, id DESC);
CREATE INDEX runs_by_time ON read_models.runs USING btree (started_at DESC, id DESC);
CREATE INDEX runs_of_parent ON read_models.runs USING btree (parent_run_id, started_at DESC, id DESC) WHERE (parent_run_id IS NOT NULL);
CREATE INDEX runs_of_workflow ON read_models.runs USING btree (workflow_id, started_at DESC, id DESC);
grant delete, insert, select, update on table read_models.runs to ao_gateway;

create table read_models.schedule_runs (
  id text not null,
  document json not null,
  "position" bigint not null,
  schedule_id text not null,
  task_id text,
  at timestamp with time zone not null,
  constraint schedule_runs_pkey PRIMARY KEY (id)
) with (fillfactor=80);
alter table read_models.schedule_runs owner to ao_owner;
CREATE INDEX schedule_runs_of_schedule ON read_models.schedule_runs USING btree (schedule_id, "position" DESC);
grant delete, insert, select, update on table read_models.schedule_runs to ao_gateway;

create table read_models.schedules (
  id text not null,
  document json not null,
  "position" bigint not null,
  name text not null,
  status text not null,
  constraint schedules_pkey PRIMARY KEY (id)
) with (fillfactor=80);
alter table read_models.schedules owner to ao_owner;
CREATE INDEX schedules_name ON read_models.schedules USING btree (name);
grant delete, insert, select, update on table read_models.schedules to ao_gateway;

create table read_models.secrets (
  id text not null,
  document json not null,
  "position" bigint not null,
  name text not null,
  category text not null,
  expires_at timestamp with time zone,
  created_at timestamp with time zone not null,
  constraint secrets_pkey PRIMARY KEY (id)
) with (fillfactor=80);
alter table read_models.secrets owner to ao_owner;
CREATE INDEX secrets_category ON read_models.secrets USING btree (category, created_at DESC, id DESC);
CREATE INDEX secrets_expires_at ON read_models.secrets USING btree (expires_at) WHERE (expires_at IS NOT NULL);
CREATE INDEX secrets_name ON read_models.secrets USING btree (name);
grant delete, insert, select, update on table read_models.secrets to ao_gateway;

create table read_models.sessions (
  id text not null,
  document json not null,
  "position" bigint not null,
  user_id text not null,
  credential_version integer not null,
  ended boolean not null,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  constraint sessions_pkey PRIMARY KEY (id)
) with (fillfactor=80);
alter table read_models.sessions owner to ao_owner;
CREATE INDEX sessions_open ON read_models.sessions USING btree (created_at DESC, id DESC) WHERE (NOT ended);
CREATE INDEX sessions_user ON read_models.sessions USING btree (user_id, created_at DESC, id DESC) WHERE (NOT ended);
grant delete, insert, select, update on table read_models.sessions to ao_gateway;

create table read_models.ssh_connections (
  id text not null,
  document json not null,
  "position" bigint not null,
  name text not null,
  created_at timestamp with time zone not null,
  constraint ssh_connections_pkey PRIMARY KEY (id)
) with (fillfactor=80);
alter table read_models.ssh_connections owner to ao_owner;
grant delete, insert, select, update on table read_models.ssh_connections to ao_gateway;

create table read_models.subscription_checkpoints (
  subscription text not null,
  "position" bigint not null,
  version integer not null default 1,
  generation bigint not null default 0,
  updated_at timestamp with time zone not null default clock_timestamp(),
  constraint subscription_checkpoints_pkey PRIMARY KEY (subscription)
) with (fillfactor=50);
alter table read_models.subscription_checkpoints owner to ao_owner;
grant delete, insert, select, update on table read_models.subscription_checkpoints to ao_gateway;

create table read_models.task_counters (
  counter text not null,
  value bigint not null,
  constraint task_counters_pkey PRIMARY KEY (counter)
) with (fillfactor=50);
alter table read_models.task_counters owner to ao_owner;
grant delete, insert, select, update on table read_models.task_counters to ao_gateway;

create table read_models.task_types (
  id text not null,
  document json not null,
  "position" bigint not null,
  type text not null,
  constraint task_types_pkey PRIMARY KEY (id)
) with (fillfactor=80);
alter table read_models.task_types owner to ao_owner;
CREATE INDEX task_types_type ON read_models.task_types USING btree (type);
grant delete, insert, select, update on table read_models.task_types to ao_gateway;

create table read_models.tasks (
  id text not null,
  document json not null,
  "position" bigint not null,
  status text not null,
  priority integer not null,
  agent_id text,
  type text not null,
  pinned_agent_id text,
  failure_class text,
  submitted_at timestamp with time zone not null,
  started_at timestamp with time zone,
  ended_at timestamp with time zone,
  run_id text,
  constraint tasks_pkey PRIMARY KEY (id)
) with (fillfactor=80);
alter table read_models.tasks owner to ao_owner;
CREATE INDEX tasks_agent ON read_models.tasks USING btree (agent_id, id DESC) WHERE (agent_id IS NOT NULL);
CREATE INDEX tasks_agent_ended ON read_models.tasks USING btree (agent_id, status, id DESC) WHERE ((agent_id IS NOT NULL) AND (status = ANY (ARRAY['completed'::text, 'failed'::text, 'dead_lettered'::text])));
CREATE INDEX tasks_dead_letters ON read_models.tasks USING btree (ended_at DESC, id DESC) WHERE (status = 'dead_lettered'::text);
CREATE INDEX tasks_durations ON read_models.tasks USING btree (type, ended_at DESC) INCLUDE (started_at) WHERE (status = 'completed'::text);
CREATE INDEX tasks_pinned ON read_models.tasks USING btree (pinned_agent_id, id DESC) WHERE (pinned_agent_id IS NOT NULL);
CREATE INDEX tasks_run ON read_models.tasks USING btree (run_id, id DESC) WHERE (run_id IS NOT NULL);
CREATE INDEX tasks_status ON read_models.tasks USING btree (status, id DESC);
CREATE INDEX tasks_submitted ON read_models.tasks USING brin (submitted_at) WITH (pages_per_range='32');
grant delete, insert, select, update on table read_models.tasks to ao_gateway;

create table read_models.triggers (
  id text not null,
  document json not null,
  "position" bigint not null,
  type text not null,
  enabled boolean not null,
  created_at timestamp with time zone not null,
  constraint triggers_pkey PRIMARY KEY (id)
) with (fillfactor=80);
alter table read_models.triggers owner to ao_owner;
grant delete, insert, select, update on table read_models.triggers to ao_gateway;

create table read_models.user_counters (
  counter text not null,
  value bigint not null,
  constraint user_counters_pkey PRIMARY KEY (counter)
) with (fillfactor=50);
alter table read_models.user_counters owner to ao_owner;
grant delete, insert, select, update on table read_models.user_counters to ao_gateway;

create table read_models.users (
  id text not null,
  document json not null,
  "position" bigint not null,
  status text not null,
  role text not null,
  email_index text,
  credential_version integer not null,
  created_at timestamp with time zone not null,
  constraint users_pkey PRIMARY KEY (id)
) with (fillfactor=80);
alter table read_models.users owner to ao_owner;
CREATE INDEX users_created_at ON read_models.users USING btree (created_at DESC, id DESC);
CREATE INDEX users_email_index ON read_models.users USING btree (email_index) WHERE (email_index IS NOT NULL);
grant delete, insert, select, update on table read_models.users to ao_gateway;

create table read_models.webhooks (
  id text not null,
  document json not null,
  "position" bigint not null,
  status text not null,
  created_at timestamp with time zone not null,
  constraint webhooks_pkey PRIMARY KEY (id)
) with (fillfactor=80);
alter table read_models.webhooks owner to ao_owner;
grant delete, insert, select, update on table read_models.webhooks to ao_gateway;

create table read_models.workers (
  id text not null,
  document json not null,
  "position" bigint not null,
  status text not null,
  worker_group text,
  max_agents integer not null,
  constraint workers_pkey PRIMARY KEY (id)
) with (fillfactor=80);
alter table read_models.workers owner to ao_owner;
grant delete, insert, select, update on table read_models.workers to ao_gateway;

create table read_models.workflows (
  id text not null,
  document json not null,
  "position" bigint not null,
  name text not null,
  is_template boolean not null,
  status text not null,
  created_at timestamp with time zone not null,
  constraint workflows_pkey PRIMARY KEY (id)
) with (fillfactor=80);
alter table read_models.workflows owner to ao_owner;
CREATE INDEX workflows_by_age ON read_models.workflows USING btree (created_at DESC, id DESC);
grant delete, insert, select, update on table read_models.workflows to ao_gateway;

create table registry.data_keys (
  subject text not null,
  wrapped bytea not null,
  kek_id text not null,
  created_at timestamp with time zone not null default clock_timestamp(),
  constraint data_keys_pkey PRIMARY KEY (subject)
);
alter table registry.data_keys owner to ao_owner;
grant delete, insert, select, update on table registry.data_keys to ao_registry;

create table registry.migrations (
  id integer not null default nextval('registry.migrations_id_seq'::regclass),
  "timestamp" bigint not null,
  name character varying not null,
  constraint "PK_8c82d7f526340ab734260ea46be" PRIMARY KEY (id)
);
alter table registry.migrations owner to ao_owner;
grant delete, insert, select, update on table registry.migrations to ao_registry;

create table registry.parked_events (
  subscription text not null,
  "position" bigint not null,
  stream_id text not null,
  type text not null,
  error text,
  attempts integer not null default 0,
  parked_at timestamp with time zone not null default clock_timestamp(),
  retry_requested_at timestamp with time zone,
  constraint parked_events_pkey PRIMARY KEY (subscription, "position")
);
alter table registry.parked_events owner to ao_owner;
CREATE INDEX parked_events_stream ON registry.parked_events USING btree (subscription, stream_id, "position");
grant delete, insert, select, update on table registry.parked_events to ao_registry;

create table registry.revoked_certificates (
  serial text not null,
  agent_id uuid not null,
  revoked_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  reason text not null,
  constraint revoked_certificates_pkey PRIMARY KEY (serial)
);
alter table registry.revoked_certificates owner to ao_owner;
CREATE INDEX revoked_certificates_expires_at ON registry.revoked_certificates USING btree (expires_at);
grant delete, insert, select, update on table registry.revoked_certificates to ao_registry;

create table registry.subscription_checkpoints (
  subscription text not null,
  "position" bigint not null,
  version integer not null default 1,
  generation bigint not null default 0,
  updated_at timestamp with time zone not null default clock_timestamp(),
  constraint subscription_checkpoints_pkey PRIMARY KEY (subscription)
) with (fillfactor=50);
alter table registry.subscription_checkpoints owner to ao_owner;
grant delete, insert, select, update on table registry.subscription_checkpoints to ao_registry;

create table tasks.agent_scores (
  id text not null,
  document json not null,
  "position" bigint not null,
  constraint agent_scores_pkey PRIMARY KEY (id)
) with (fillfactor=80);
alter table tasks.agent_scores owner to ao_owner;
grant delete, insert, select, update on table tasks.agent_scores to ao_tasks;

create table tasks.agents (
  agent_id uuid not null,
  document json not null,
  constraint agents_pkey PRIMARY KEY (agent_id)
);
alter table tasks.agents owner to ao_owner;
grant delete, insert, select, update on table tasks.agents to ao_tasks;

create table tasks.circuit_breaker_tallies (
  breaker_id uuid not null,
  tally json not null,
  updated_at timestamp with time zone not null,
  constraint circuit_breaker_tallies_pkey PRIMARY KEY (breaker_id)
) with (autovacuum_vacuum_cost_delay=0, autovacuum_vacuum_scale_factor=0.02, autovacuum_vacuum_threshold=1000, fillfactor=50);
alter table tasks.circuit_breaker_tallies owner to ao_owner;
CREATE INDEX circuit_breaker_tallies_updated ON tasks.circuit_breaker_tallies USING btree (updated_at);
grant delete, insert, select, update on table tasks.circuit_breaker_tallies to ao_tasks;

create table tasks.circuit_breakers (
  breaker_id uuid not null,
  document json not null,
  constraint circuit_breakers_pkey PRIMARY KEY (breaker_id)
);
alter table tasks.circuit_breakers owner to ao_owner;
grant delete, insert, select, update on table tasks.circuit_breakers to ao_tasks;

create table tasks.dead_letters (
  task_id uuid not null,
  "position" bigint not null,
  type text not null,
  failure_class text,
  agent_id uuid,
  dead_lettered_at timestamp with time zone not null,
  constraint dead_letters_pkey PRIMARY KEY (task_id),
  constraint dead_letters_position_key UNIQUE ("position")
);
alter table tasks.dead_letters owner to ao_owner;
grant delete, insert, select, update on table tasks.dead_letters to ao_tasks;

create table tasks.dependencies (
  task_id uuid not null,
  dependency_id uuid not null,
  constraint dependencies_pkey PRIMARY KEY (task_id, dependency_id)
) with (autovacuum_vacuum_cost_delay=0, autovacuum_vacuum_scale_factor=0.02, autovacuum_vacuum_threshold=1000);
alter table tasks.dependencies owner to ao_owner;
CREATE INDEX dependencies_dependency ON tasks.dependencies USING btree (dependency_id);
grant delete, insert, select, update on table tasks.dependencies to ao_tasks;

create table tasks.dispatch_limits (
  id text not null,
  document json not null,
  "position" bigint not null,
  constraint dispatch_limits_pkey PRIMARY KEY (id)
) with (fillfactor=80);
alter table tasks.dispatch_limits owner to ao_owner;
grant delete, insert, select, update on table tasks.dispatch_limits to ao_tasks;

create table tasks.leases (
  task_id uuid not null,
  agent_id uuid not null,
  lease_token uuid not null,
  attempt integer not null,
  started boolean not null,
  lease_seconds double precision not null,
  expires_at timestamp with time zone not null,
  agent_lost boolean not null default false,
  closing boolean not null default false,
  constraint leases_pkey PRIMARY KEY (task_id)
) with (autovacuum_vacuum_cost_delay=0, autovacuum_vacuum_scale_factor=0.02, autovacuum_vacuum_threshold=1000, fillfactor=50);
alter table tasks.leases owner to ao_owner;
CREATE INDEX leases_agent ON tasks.leases USING btree (agent_id);
grant delete, insert, select, update on table tasks.leases to ao_tasks;

create table tasks.migrations (
  id integer not null default nextval('tasks.migrations_id_seq'::regclass),
  "timestamp" bigint not null,
  name character varying not null,
  constraint "PK_8c82d7f526340ab734260ea46be" PRIMARY KEY (id)
);
alter table tasks.migrations owner to ao_owner;
grant delete, insert, select, update on table tasks.migrations to ao_tasks;

create table tasks.open_tasks (
  task_id uuid not null,
  pool text not null,
  priority smallint not null,
  requirements json not null,
  lease_seconds double precision not null,
  "position" bigint not null,
  ready_at timestamp with time zone not null,
  type text,
  fairness_key text,
  concurrency_key text,
  held text,
  not_before timestamp with time zone,
  deadline timestamp with time zone,
  on_agent_lost text,
  constraint open_tasks_held_check CHECK ((held = ANY (ARRAY['scheduled'::text, 'paused'::text]))),
  constraint open_tasks_on_agent_lost_check CHECK ((on_agent_lost = ANY (ARRAY['requeue'::text, 'wait'::text, 'fail'::text]))),
  constraint open_tasks_pkey PRIMARY KEY (task_id),
  constraint open_tasks_priority_check CHECK (((priority >= 0) AND (priority <= 100)))
) with (autovacuum_vacuum_cost_delay=0, autovacuum_vacuum_scale_factor=0.02, autovacuum_vacuum_threshold=5000);
alter table tasks.open_tasks owner to ao_owner;
grant delete, insert, select, update on table tasks.open_tasks to ao_tasks;

create table tasks.parked_events (
  subscription text not null,
  "position" bigint not null,
  stream_id text not null,
  type text not null,
  error text,
  attempts integer not null default 0,
  parked_at timestamp with time zone not null default clock_timestamp(),
  retry_requested_at timestamp with time zone,
  constraint parked_events_pkey PRIMARY KEY (subscription, "position")
);
alter table tasks.parked_events owner to ao_owner;
CREATE INDEX parked_events_stream ON tasks.parked_events USING btree (subscription, stream_id, "position");
grant delete, insert, select, update on table tasks.parked_events to ao_tasks;

create table tasks.recorded_capabilities (
  id text not null,
  document json not null,
  "position" bigint not null,
  constraint recorded_capabilities_pkey PRIMARY KEY (id)
) with (fillfactor=80);
alter table tasks.recorded_capabilities owner to ao_owner;
grant delete, insert, select, update on table tasks.recorded_capabilities to ao_tasks;

create table tasks.subscription_checkpoints (
  subscription text not null,
  "position" bigint not null,
  version integer not null default 1,
  generation bigint not null default 0,
  updated_at timestamp with time zone not null default clock_timestamp(),
  constraint subscription_checkpoints_pkey PRIMARY KEY (subscription)
) with (fillfactor=50);
alter table tasks.subscription_checkpoints owner to ao_owner;
grant delete, insert, select, update on table tasks.subscription_checkpoints to ao_tasks;

create table tasks.timers (
  timer_id text not null,
  due_at timestamp with time zone not null,
  kind text not null,
  payload json not null,
  constraint timers_pkey PRIMARY KEY (timer_id)
);
alter table tasks.timers owner to ao_owner;
CREATE INDEX timers_due ON tasks.timers USING btree (due_at);
grant delete, insert, select, update on table tasks.timers to ao_tasks;

create table tasks.usage_sums (
  id text not null,
  document json not null,
  "position" bigint not null,
  day text not null,
  constraint usage_sums_pkey PRIMARY KEY (id)
) with (fillfactor=80);
alter table tasks.usage_sums owner to ao_owner;
CREATE INDEX usage_sums_day ON tasks.usage_sums USING btree (day);
grant delete, insert, select, update on table tasks.usage_sums to ao_tasks;

create table telemetry.agent_liveness (
  agent_id text not null,
  interval_seconds double precision not null,
  liveness text not null default 'online'::text,
  last_seen timestamp with time zone,
  deadline timestamp with time zone,
  load_metrics json,
  health text,
  constraint agent_liveness_health_check CHECK ((health = ANY (ARRAY['healthy'::text, 'degraded'::text, 'error'::text]))),
  constraint agent_liveness_liveness_check CHECK ((liveness = ANY (ARRAY['online'::text, 'degraded'::text, 'offline'::text]))),
  constraint agent_liveness_pkey PRIMARY KEY (agent_id)
) with (autovacuum_vacuum_cost_delay=0, autovacuum_vacuum_scale_factor=0.02, autovacuum_vacuum_threshold=1000, fillfactor=50);
alter table telemetry.agent_liveness owner to ao_owner;
CREATE INDEX agent_liveness_deadline ON telemetry.agent_liveness USING btree (deadline) WHERE (deadline IS NOT NULL);
grant delete, insert, select, update on table telemetry.agent_liveness to ao_registry;
grant select on table telemetry.agent_liveness to ao_service;

create table telemetry.api_key_usage (
  api_key_id uuid not null,
  last_used_at timestamp with time zone not null,
  constraint api_key_usage_pkey PRIMARY KEY (api_key_id)
) with (autovacuum_vacuum_cost_delay=0, autovacuum_vacuum_scale_factor=0.02, autovacuum_vacuum_threshold=1000, fillfactor=50);
alter table telemetry.api_key_usage owner to ao_owner;
grant delete, insert, select, update on table telemetry.api_key_usage to ao_gateway;
grant select on table telemetry.api_key_usage to ao_service;

create table telemetry.task_logs (
  id bigint not null generated always as identity,
  task_id uuid not null,
  agent_id uuid not null,
  logged_at timestamp with time zone not null,
  level text not null,
  message text not null,
  constraint task_logs_level_check CHECK ((level = ANY (ARRAY['debug'::text, 'info'::text, 'warn'::text, 'error'::text]))),
  constraint task_logs_pkey PRIMARY KEY (id)
);
alter table telemetry.task_logs owner to ao_owner;
CREATE INDEX task_logs_task ON telemetry.task_logs USING btree (task_id, id);
grant select on table telemetry.task_logs to ao_service;
grant delete, insert, select, update on table telemetry.task_logs to ao_tasks;

create table telemetry.task_progress (
  task_id uuid not null,
  agent_id uuid not null,
  progress double precision not null,
  message text,
  updated_at timestamp with time zone not null,
  constraint task_progress_pkey PRIMARY KEY (task_id)
) with (autovacuum_vacuum_cost_delay=0, autovacuum_vacuum_scale_factor=0.02, autovacuum_vacuum_threshold=1000, fillfactor=50);
alter table telemetry.task_progress owner to ao_owner;
grant select on table telemetry.task_progress to ao_service;
grant delete, insert, select, update on table telemetry.task_progress to ao_tasks;

create table telemetry.worker_liveness (
  worker_id text not null,
  interval_seconds double precision not null,
  liveness text not null default 'online'::text,
  last_seen timestamp with time zone,
  deadline timestamp with time zone,
  load_metrics json,
  health text,
  constraint worker_liveness_health_check CHECK ((health = ANY (ARRAY['healthy'::text, 'degraded'::text, 'error'::text]))),
  constraint worker_liveness_liveness_check CHECK ((liveness = ANY (ARRAY['online'::text, 'degraded'::text, 'offline'::text]))),
  constraint worker_liveness_pkey PRIMARY KEY (worker_id)
) with (autovacuum_vacuum_cost_delay=0, autovacuum_vacuum_scale_factor=0.02, autovacuum_vacuum_threshold=1000, fillfactor=50);
alter table telemetry.worker_liveness owner to ao_owner;
CREATE INDEX worker_liveness_deadline ON telemetry.worker_liveness USING btree (deadline) WHERE (deadline IS NOT NULL);
grant delete, insert, select, update on table telemetry.worker_liveness to ao_registry;
grant select on table telemetry.worker_liveness to ao_service;

create table workflows.figure_agents (
  agent_id uuid not null,
  type text not null,
  status text not null,
  constraint figure_agents_pkey PRIMARY KEY (agent_id)
) with (fillfactor=70);
alter table workflows.figure_agents owner to ao_owner;
grant delete, insert, select, update on table workflows.figure_agents to ao_workflows;

create table workflows.figure_tasks (
  task_id uuid not null,
  status text not null,
  pool text not null,
  since timestamp with time zone not null,
  constraint figure_tasks_pkey PRIMARY KEY (task_id)
) with (fillfactor=70);
alter table workflows.figure_tasks owner to ao_owner;
grant delete, insert, select, update on table workflows.figure_tasks to ao_workflows;

create table workflows.migrations (
  id integer not null default nextval('workflows.migrations_id_seq'::regclass),
  "timestamp" bigint not null,
  name character varying not null,
  constraint "PK_8c82d7f526340ab734260ea46be" PRIMARY KEY (id)
);
alter table workflows.migrations owner to ao_owner;
grant delete, insert, select, update on table workflows.migrations to ao_workflows;

create table workflows.parked_events (
  subscription text not null,
  "position" bigint not null,
  stream_id text not null,
  type text not null,
  error text,
  attempts integer not null default 0,
  parked_at timestamp with time zone not null default clock_timestamp(),
  retry_requested_at timestamp with time zone,
  constraint parked_events_pkey PRIMARY KEY (subscription, "position")
);
alter table workflows.parked_events owner to ao_owner;
CREATE INDEX parked_events_stream ON workflows.parked_events USING btree (subscription, stream_id, "position");
grant delete, insert, select, update on table workflows.parked_events to ao_workflows;

create table workflows.run_work (
  work_id uuid not null,
  kind text not null,
  run_id uuid not null,
  node text not null,
  attempt integer not null,
  state text not null,
  signal_key uuid,
  "position" bigint not null,
  correlation_id text not null,
  causation_id text not null,
  constraint run_work_pkey PRIMARY KEY (work_id),
  constraint run_work_state_check CHECK ((state = ANY (ARRAY['wanted'::text, 'open'::text, 'unwanted'::text])))
) with (autovacuum_vacuum_cost_delay=0, autovacuum_vacuum_scale_factor=0.02, autovacuum_vacuum_threshold=1000, fillfactor=70);
alter table workflows.run_work owner to ao_owner;
CREATE INDEX run_work_run ON workflows.run_work USING btree (run_id, node);
CREATE INDEX run_work_signal ON workflows.run_work USING btree (signal_key, "position") WHERE (signal_key IS NOT NULL);
CREATE INDEX run_work_to_do ON workflows.run_work USING btree ("position") WHERE (state <> 'open'::text);
grant delete, insert, select, update on table workflows.run_work to ao_workflows;

create table workflows.subscription_checkpoints (
  subscription text not null,
  "position" bigint not null,
  version integer not null default 1,
  generation bigint not null default 0,
  updated_at timestamp with time zone not null default clock_timestamp(),
  constraint subscription_checkpoints_pkey PRIMARY KEY (subscription)
) with (fillfactor=50);
alter table workflows.subscription_checkpoints owner to ao_owner;
grant delete, insert, select, update on table workflows.subscription_checkpoints to ao_workflows;

create table workflows.timers (
  timer_id text not null,
  due_at timestamp with time zone not null,
  kind text not null,
  payload json not null,
  constraint timers_pkey PRIMARY KEY (timer_id)
);
alter table workflows.timers owner to ao_owner;
CREATE INDEX timers_due ON workflows.timers USING btree (due_at);
grant delete, insert, select, update on table workflows.timers to ao_workflows;

create table workflows.trigger_chains (
  ref uuid not null,
  depth smallint not null,
  at timestamp with time zone not null,
  constraint trigger_chains_pkey PRIMARY KEY (ref)
);
alter table workflows.trigger_chains owner to ao_owner;
CREATE INDEX trigger_chains_at ON workflows.trigger_chains USING btree (at);
grant delete, insert, select, update on table workflows.trigger_chains to ao_workflows;

create table workflows.trigger_history (
  entry_id bigint not null generated always as identity,
  trigger_id uuid not null,
  firing_id uuid,
  outcome text not null,
  reason text,
  detail text,
  cause jsonb not null,
  made jsonb,
  at timestamp with time zone not null,
  constraint trigger_history_pkey PRIMARY KEY (trigger_id, entry_id)
);
alter table workflows.trigger_history owner to ao_owner;
CREATE UNIQUE INDEX trigger_history_firing ON workflows.trigger_history USING btree (firing_id) WHERE (firing_id IS NOT NULL);
grant delete, insert, select, update on table workflows.trigger_history to ao_workflows;

create table workflows.trigger_hooks (
  firing_id uuid not null,
  at timestamp with time zone not null,
  constraint trigger_hooks_pkey PRIMARY KEY (firing_id)
);
alter table workflows.trigger_hooks owner to ao_owner;
CREATE INDEX trigger_hooks_at ON workflows.trigger_hooks USING btree (at);
grant delete, insert, select, update on table workflows.trigger_hooks to ao_workflows;

create table workflows.trigger_windows (
  trigger_id uuid not null,
  started_at timestamp with time zone not null,
  fired integer not null,
  constraint trigger_windows_pkey PRIMARY KEY (trigger_id)
) with (fillfactor=70);
alter table workflows.trigger_windows owner to ao_owner;
grant delete, insert, select, update on table workflows.trigger_windows to ao_workflows;

create table workflows.triggers (
  trigger_id uuid not null,
  terms jsonb not null,
  enabled_at timestamp with time zone,
  revision bigint not null,
  is_met boolean not null default false,
  condition_error text,
  constraint triggers_pkey PRIMARY KEY (trigger_id)
) with (fillfactor=70);
alter table workflows.triggers owner to ao_owner;
grant delete, insert, select, update on table workflows.triggers to ao_workflows;

-- Sequences

create sequence discovery.migrations_id_seq as integer start 1 increment 1;
grant usage on sequence discovery.migrations_id_seq to ao_discovery;
create sequence event_log.migrations_id_seq as integer start 1 increment 1;
-- with the default privileges of a sequence
create sequence identity.migrations_id_seq as integer start 1 increment 1;
grant usage on sequence identity.migrations_id_seq to ao_identity;
create sequence notifications.migrations_id_seq as integer start 1 increment 1;
grant usage on sequence notifications.migrations_id_seq to ao_notifications;
create sequence read_models.migrations_id_seq as integer start 1 increment 1;
grant usage on sequence read_models.migrations_id_seq to ao_gateway;
create sequence registry.migrations_id_seq as integer start 1 increment 1;
grant usage on sequence registry.migrations_id_seq to ao_registry;
create sequence tasks.migrations_id_seq as integer start 1 increment 1;
grant usage on sequence tasks.migrations_id_seq to ao_tasks;
create sequence telemetry.task_logs_id_seq as bigint start 1 increment 1;
-- with the default privileges of a sequence
create sequence workflows.migrations_id_seq as integer start 1 increment 1;
grant usage on sequence workflows.migrations_id_seq to ao_workflows;
create sequence workflows.trigger_history_entry_id_seq as bigint start 1 increment 1;
grant usage on sequence workflows.trigger_history_entry_id_seq to ao_workflows;

-- Functions


CREATE OR REPLACE FUNCTION event_log.add_seal(last_position bigint, hash bytea, sealed_us bigint, key_id text, signature bytea)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'event_log', 'pg_temp'
AS $function$
begin
  perform from event_log.commits c where c.last_position = add_seal.last_position and c.hash = add_seal.hash;
  if not found then
    raise exception 'the chain has no such hash at position %', add_seal.last_position
      using errcode = 'invalid_parameter_value';
  end if;
  perform from event_log.seals s where s.last_position >= add_seal.last_position;
  if found then
    raise exception 'position % is sealed already', add_seal.last_position using errcode = 'unique_violation';
  end if;
  insert into event_log.seals (last_position, hash, sealed_at, key_id, signature)
  values (add_seal.last_position, add_seal.hash,
          timestamptz 'epoch' + add_seal.sealed_us * interval '1 microsecond',
          add_seal.key_id, add_seal.signature);
end
$function$
;
alter function event_log.add_seal(bigint,bytea,bigint,text,bytea) owner to ao_owner;
grant execute on function event_log.add_seal(bigint,bytea,bigint,text,bytea) to ao_auditor;
grant execute on function event_log.add_seal(bigint,bytea,bigint,text,bytea) to ao_service;

CREATE OR REPLACE FUNCTION event_log.append(command_ids uuid[], command_hashes bytea[], results json[], metadata json[], event_counts integer[], stream_units integer[], stream_ids text[], expected_versions bigint[], event_streams integer[], event_types text[], schema_versions integer[], event_data json[])
 RETURNS json
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'event_log', 'pg_temp'
 SET lock_timeout TO '2s'
 SET enable_seqscan TO 'off'
 SET jit TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
declare
  head bigint;
  head_hash bytea;
  at timestamptz;
  at_us bigint;
  versions bigint[];
  -- Whether a unit may have to be refused; which ones, and why, is looked up only then.
  suspect boolean;
  clash text;
  -- Per unit, all null when none is refused: whether it is appended, and how many events before it are left out.
  ok boolean[];
  skipped bigint[];
  outcomes text;
  details json;
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'event_log.append must run at isolation level read committed'
      using errcode = 'invalid_transaction_state';
  end if;
  -- An acknowledged append must survive a crash, whatever the caller's session was set to; lasts until the commit.
  if current_setting('synchronous_commit') = 'off' then
    perform set_config('synchronous_commit', 'on', true);
  end if;

  if pg_advisory_xact_lock(4711200100000001) is null then
    raise exception 'the lock of the event log was not taken';
  end if;

  select coalesce(c.last_position, 0), coalesce(c.hash, decode(repeat('00', 32), 'hex')), t.at,
         (extract(epoch from t.at) * 1000000)::bigint, s.versions,
         s.stale or s.clashing
           or exists (select from event_log.commands c where c.command_id = any(command_ids))
    into head, head_hash, at, at_us, versions, suspect
    from (
      select array_agg(v.version order by s.i) as versions, coalesce(bool_or(s.expected <> v.version), false) as stale,
             -- More repetitions than there are among those that are only checked, which many units may share.
             count(*) - count(distinct s.id)
               > count(*) filter (where not w.written) - count(distinct s.id) filter (where not w.written) as clashing
        from unnest(stream_ids, expected_versions) with ordinality as s(id, expected, i)
        cross join lateral (select s.i = any(event_streams) as written) w
        cross join lateral (
          select coalesce((select e.version from event_log.events e
                            where e.stream_id = s.id order by e.version desc limit 1), 0) as version
        ) v
    ) s
    left join lateral (
      select * from event_log.commits order by last_position desc limit 1
    ) c on true
    cross join lateral (select greatest(c.committed_at, clock_timestamp()) as at) t;

  if suspect then
    select min(s.id) into clash from (
      select u.id from unnest(stream_ids) with ordinality as u(id, i)
       group by u.id having count(*) > 1 and bool_or(u.i = any(event_streams))
    ) s;
    if clash is not null then
      raise exception 'the stream % is written and touched again in one batch', clash
        using errcode = 'invalid_parameter_value';
    end if;

    select array_agg(v.outcome = 'a' order by v.u), array_agg(v.skipped order by v.u),
           string_agg(v.outcome, '' order by v.u), json_agg(v.detail order by v.u) filter (where v.detail is not null)
      into ok, skipped, outcomes, details
      from (
        select u.u, o.outcome, sum(case o.outcome when 'a' then 0 else u.events end) over (order by u.u) as skipped,
               case o.outcome
                 when 'r' then json_build_object('unit', u.u, 'position', c.position, 'result', c.result)
                 when 'c' then json_build_object('unit', u.u, 'stream_id', s.id, 'expected', s.expected, 'actual', s.actual)
               end as detail
          from unnest(command_ids, command_hashes, event_counts)
               with ordinality as u(command_id, command_hash, events, u)
          left join event_log.commands c on c.command_id = u.command_id
          left join lateral (
            select id, expected, actual
              from unnest(stream_units, stream_ids, expected_versions, versions)
                   with ordinality as s(unit, id, expected, actual, i)
             where s.unit = u.u and s.expected <> s.actual order by s.i limit 1
          ) s on true
          cross join lateral (
            select case
              when c.command_hash = u.command_hash then 'r'
              when c.command_id is not null then 'x'
              when s.id is not null then 'c'
              else 'a'
            end as outcome
          ) o
      ) v;
  end if;

  with inserted as (
    insert into event_log.events (position, stream_id, category, version, type, schema_version, data, metadata, recorded_at)
    select head + e.k - coalesce(skipped[stream_units[e.stream]], 0),
           stream_ids[e.stream], split_part(stream_ids[e.stream], '-', 1),
           versions[e.stream] + row_number() over (partition by e.stream order by e.k),
           e.type, e.schema_version, e.data, metadata[stream_units[e.stream]], at
      from unnest(event_streams, event_types, schema_versions, event_data)
           with ordinality as e(stream, type, schema_version, data, k)
     where coalesce(ok[stream_units[e.stream]], true)
    returning *
  ),
  answered as (
    insert into event_log.commands (command_id, command_hash, position, recorded_at, result)
    select u.command_id, u.command_hash, head + u.events_so_far, at, u.result
      from (
        select u.*, sum(u.events) filter (where coalesce(ok[u.u], true)) over (order by u.u) as events_so_far
          from unnest(command_ids, command_hashes, results, event_counts)
               with ordinality as u(command_id, command_hash, result, events, u)
      ) u
     where coalesce(ok[u.u], true)
  )
  insert into event_log.commits (first_position, last_position, committed_at, prev_hash, event_hashes, hash)
  select head + 1, b.tail, at, head_hash, b.event_hashes,
         sha256(head_hash || convert_to(event_log.commit_header(head + 1, b.tail, at_us), 'UTF8') || b.event_hashes)
    from (
      select head + count(*) as tail,
             string_agg(sha256(convert_to(event_log.canonical(
               i.position, i.stream_id, i.category, i.version, i.type, i.schema_version, i.data::text,
               i.metadata::text, at_us), 'UTF8')), ''::bytea order by i.position) as event_hashes
        from inserted i
    ) b
   where b.tail > head;

  return json_build_object(
    'now', (extract(epoch from clock_timestamp()) * 1000000)::bigint, 'at', at_us, 'head', head,
    'outcomes', coalesce(outcomes, repeat('a', cardinality(command_ids))), 'versions', versions, 'details', details);
end
$function$
;
alter function event_log.append(uuid[],bytea[],json[],json[],integer[],integer[],text[],bigint[],integer[],text[],integer[],json[]) owner to ao_owner;
grant execute on function event_log.append(uuid[],bytea[],json[],json[],integer[],integer[],text[],bigint[],integer[],text[],integer[],json[]) to ao_service;

CREATE OR REPLACE FUNCTION event_log.canonical("position" bigint, stream_id text, category text, version bigint, type text, schema_version integer, data text, metadata text, recorded_us bigint)
 RETURNS text
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN concat(octet_length(("position")::text), ':', "position", octet_length(stream_id), ':', stream_id, octet_length(category), ':', category, octet_length((version)::text), ':', version, octet_length(type), ':', type, octet_length((schema_version)::text), ':', schema_version, octet_length(data), ':', data, octet_length(metadata), ':', metadata, octet_length((recorded_us)::text), ':', recorded_us)
;
alter function event_log.canonical(bigint,text,text,bigint,text,integer,text,text,bigint) owner to ao_owner;

CREATE OR REPLACE FUNCTION event_log.commit_header(first_position bigint, last_position bigint, committed_us bigint)
 RETURNS text
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN concat(octet_length((first_position)::text), ':', first_position, octet_length((last_position)::text), ':', last_position, octet_length((committed_us)::text), ':', committed_us)
;
alter function event_log.commit_header(bigint,bigint,bigint) owner to ao_owner;

CREATE OR REPLACE FUNCTION event_log.prune_commands(keep interval, batch integer DEFAULT 10000)
 RETURNS integer
 LANGUAGE sql
 SET search_path TO 'pg_catalog', 'event_log', 'pg_temp'
AS $function$
  with gone as (
    delete from event_log.commands
     where command_id in (
       select command_id from event_log.commands where recorded_at < clock_timestamp() - keep limit batch
     )
    returning 1
  )
  select count(*)::integer from gone
$function$
;
alter function event_log.prune_commands(interval,integer) owner to ao_owner;

CREATE OR REPLACE FUNCTION event_log.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  raise exception 'the log is append-only: % on %.% is refused', tg_op, tg_table_schema, tg_table_name
    using errcode = 'insufficient_privilege';
end
$function$
;
alter function event_log.refuse_change() owner to ao_owner;
