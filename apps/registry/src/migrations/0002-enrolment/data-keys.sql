-- The key that seals the certificate authority's private key, wrapped under a key-encryption key that is not in the
-- database.
create table registry.data_keys (
  subject text collate "C" primary key,
  wrapped bytea not null,
  kek_id text collate "C" not null,
  created_at timestamptz not null default clock_timestamp()
);
