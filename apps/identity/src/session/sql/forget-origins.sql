delete from identity.known_origins where user_id = $1::uuid
