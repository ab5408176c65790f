-- The schema that the migrations make. Written by `npm run schema:dump`, compared by `npm run verify`; not for running.

-- Roles

create role ao_auditor login;
create role ao_discovery login;
grant ao_service to ao_discovery;
create role ao_gateway login;
grant ao_service to ao_gateway;
create role ao_identity login;
grant ao_service to ao_identity;
create role ao_owner nologin;
create role ao_registry login;
grant ao_service to ao_registry;
create role ao_service nologin;
create role ao_tasks login;
grant ao_service to ao_tasks;

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
create schema public authorization pg_database_owner;
create schema read_models authorization ao_owner;
grant create, usage on schema read_models to ao_gateway;
create schema registry authorization ao_owner;
grant usage on schema registry to ao_registry;
create schema tasks authorization ao_owner;
grant usage on schema tasks to ao_tasks;
create schema telemetry authorization ao_owner;
grant usage on schema telemetry to ao_service;

-- Default privileges

alter default privileges for role ao_owner grant on functions: ao_owner=X/ao_owner;
alter default privileges for role ao_owner in schema discovery grant on sequences: ao_discovery=U/ao_owner;
alter default privileges for role ao_owner in schema discovery grant on tables: ao_discovery=arwd/ao_owner;
alter default privileges for role ao_owner in schema identity grant on sequences: ao_identity=U/ao_owner;
alter default privileges for role ao_owner in schema identity grant on tables: ao_identity=arwd/ao_owner;
alter default privileges for role ao_owner in schema read_models grant on sequences: ao_gateway=U/ao_owner;
alter default privileges for role ao_owner in schema read_models grant on tables: ao_gateway=arwd/ao_owner;
alter default privileges for role ao_owner in schema registry grant on sequences: ao_registry=U/ao_owner;
alter default privileges for role ao_owner in schema registry grant on tables: ao_registry=arwd/ao_owner;
alter default privileges for role ao_owner in schema tasks grant on sequences: ao_tasks=U/ao_owner;
alter default privileges for role ao_owner in schema tasks grant on tables: ao_tasks=arwd/ao_owner;
alter default privileges for role ao_owner in schema telemetry grant on tables: ao_service=r/ao_owner;

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

create table read_models.migrations (
  id integer not null default nextval('read_models.migrations_id_seq'::regclass),
  "timestamp" bigint not null,
  name character varying not null,
  constraint "PK_8c82d7f526340ab734260ea46be" PRIMARY KEY (id)
);
alter table read_models.migrations owner to ao_owner;
grant delete, insert, select, update on table read_models.migrations to ao_gateway;

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
  constraint tasks_pkey PRIMARY KEY (id)
) with (fillfactor=80);
alter table read_models.tasks owner to ao_owner;
CREATE INDEX tasks_agent ON read_models.tasks USING btree (agent_id, id DESC) WHERE (agent_id IS NOT NULL);
CREATE INDEX tasks_agent_ended ON read_models.tasks USING btree (agent_id, status, id DESC) WHERE ((agent_id IS NOT NULL) AND (status = ANY (ARRAY['completed'::text, 'failed'::text, 'dead_lettered'::text])));
CREATE INDEX tasks_dead_letters ON read_models.tasks USING btree (ended_at DESC, id DESC) WHERE (status = 'dead_lettered'::text);
CREATE INDEX tasks_durations ON read_models.tasks USING btree (type, ended_at DESC) INCLUDE (started_at) WHERE (status = 'completed'::text);
CREATE INDEX tasks_pinned ON read_models.tasks USING btree (pinned_agent_id, id DESC) WHERE (pinned_agent_id IS NOT NULL);
CREATE INDEX tasks_status ON read_models.tasks USING btree (status, id DESC);
CREATE INDEX tasks_submitted ON read_models.tasks USING brin (submitted_at) WITH (pages_per_range='32');
grant delete, insert, select, update on table read_models.tasks to ao_gateway;

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

-- Sequences

create sequence discovery.migrations_id_seq as integer start 1 increment 1;
grant usage on sequence discovery.migrations_id_seq to ao_discovery;
create sequence event_log.migrations_id_seq as integer start 1 increment 1;
-- with the default privileges of a sequence
create sequence identity.migrations_id_seq as integer start 1 increment 1;
grant usage on sequence identity.migrations_id_seq to ao_identity;
create sequence read_models.migrations_id_seq as integer start 1 increment 1;
grant usage on sequence read_models.migrations_id_seq to ao_gateway;
create sequence registry.migrations_id_seq as integer start 1 increment 1;
grant usage on sequence registry.migrations_id_seq to ao_registry;
create sequence tasks.migrations_id_seq as integer start 1 increment 1;
grant usage on sequence tasks.migrations_id_seq to ao_tasks;
create sequence telemetry.task_logs_id_seq as bigint start 1 increment 1;
-- with the default privileges of a sequence

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
         s.stale or s.streams < cardinality(stream_ids)
           or exists (select from event_log.commands c where c.command_id = any(command_ids))
    into head, head_hash, at, at_us, versions, suspect
    from (
      select array_agg(v.version order by s.i) as versions, count(distinct s.id) as streams,
             coalesce(bool_or(s.expected <> v.version), false) as stale
        from unnest(stream_ids, expected_versions) with ordinality as s(id, expected, i)
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
