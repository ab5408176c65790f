-- One key per subject, wrapped under a key-encryption key that is not in the database. Destroying a key empties `wrapped`;
-- the row stays, so that no new key is ever made for what was erased.
create table identity.data_keys (
  subject text collate "C" primary key,
  wrapped bytea,
  kek_id text collate "C" not null,
  created_at timestamptz not null default clock_timestamp(),
  destroyed_at timestamptz,
  constraint data_keys_destroyed check ((wrapped is null) = (destroyed_at is not null))
);
