select digest, vector from discovery.embedding_cache where embedder = $1 and digest = any($2::bytea[])
