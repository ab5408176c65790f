delete from discovery.embedding_cache where embedder <> $1
