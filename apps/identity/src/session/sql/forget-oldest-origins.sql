-- Somebody who travels leaves no list without end.
delete from identity.known_origins
where user_id = $1::uuid and origin in (
  select origin from identity.known_origins where user_id = $1::uuid order by last_login_at desc offset $2
)
