insert into identity.known_origins (user_id, origin, last_login_at) values ($1::uuid, $2, $3::timestamptz)
on conflict (user_id, origin) do update set last_login_at = greatest(known_origins.last_login_at, excluded.last_login_at)
