-- The log. Rows are only ever inserted, by event_log.append alone (see grants.sql and guard.sql).
create schema if not exists event_log;

-- One row per event. `json` keeps the text as its writer sent it, so the stored text is the canonical text that the hash
-- chain covers. Ids compare as bytes (collation C): faster, and the same on every host.
create table event_log.events (
  position bigint primary key,
  stream_id text collate "C" not null,
  category text collate "C" not null,
  version bigint not null,
  type text collate "C" not null,
  schema_version integer not null,
  data json not null,
  metadata json not null,
  recorded_at timestamptz not null,
  constraint events_stream_version unique (stream_id, version),
  -- A category holds no dash, so the first dash of a stream id ends it. Both reach NATS subjects, as the type does: no
  -- wildcard, dot or space. Checks are few and their patterns without bounded repetitions on purpose: every statement reads
  -- each check anew (15 microseconds), and {0,127} makes a match take 23 microseconds instead of 0.4.
  constraint events_stream_id check (stream_id ~ '^[a-z][a-z0-9_]*-[A-Za-z0-9][A-Za-z0-9_:-]*$'),
  constraint events_category check (category = split_part(stream_id, '-', 1)),
  constraint events_type check (type ~ '^[A-Za-z][A-Za-z0-9]*$')
);

create index events_category_position on event_log.events (category, position);

-- One row per batch, the links of the hash chain. `event_hashes` holds the 32-byte SHA-256 of each event of the batch in
-- order, so that a verifier can name the one position that was altered.
create table event_log.commits (
  last_position bigint primary key,
  first_position bigint not null,
  committed_at timestamptz not null,
  prev_hash bytea not null,
  hash bytea not null,
  event_hashes bytea not null
);

-- Hashes do not compress, and the last row's hash is read by every append: keep them out of the compressor.
alter table event_log.commits alter column event_hashes set storage external;

-- The answer to each command, so that a retry of the same id gets it again. Not part of the chain; old rows are pruned.
create table event_log.commands (
  command_id uuid primary key,
  command_hash bytea not null,
  position bigint not null,
  recorded_at timestamptz not null,
  result json not null
);

create index commands_recorded_at on event_log.commands using brin (recorded_at);

-- Signatures (Ed25519) over the chain's hash at a position: whoever holds an export and the public key can tell that
-- nothing before the seal was changed, not even by someone who rewrote the whole chain.
create table event_log.seals (
  last_position bigint primary key,
  hash bytea not null check (octet_length(hash) = 32),
  sealed_at timestamptz not null,
  key_id text collate "C" not null check (key_id ~ '^[0-9a-f]{16}$'),
  signature bytea not null check (octet_length(signature) = 64)
);
