-- What all replicas of the gateway together have leased of each budget in each of its windows. Unlogged: after a crash of
-- Postgres the present windows begin anew, and nothing else depends on them.
create unlogged table read_models.rate_windows (
  bucket text collate "C" not null,
  seconds integer not null,
  ends_at timestamptz not null,
  budget bigint not null,
  used bigint not null,
  -- Of the newest lease: what the statement that leased it returns.
  granted bigint not null,
  primary key (bucket, seconds, ends_at)
);
