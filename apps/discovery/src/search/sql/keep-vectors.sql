insert into discovery.embedding_cache (embedder, digest, vector)
select $1, digest, vector from unnest($2::bytea[], $3::bytea[]) as fresh (digest, vector)
on conflict do nothing
