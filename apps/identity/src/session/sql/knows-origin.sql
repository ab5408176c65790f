select exists (select from identity.known_origins where user_id = $1::uuid and origin = $2) as known
