-- Vectors that a server was asked for, by the embedder's name and model and the SHA-256 of the text; little-endian floats.
-- A cache: it may be emptied at any time.
create table discovery.embedding_cache (
  embedder text collate "C" not null,
  digest bytea not null,
  vector bytea not null,
  primary key (embedder, digest)
);
