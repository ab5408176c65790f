-- The active people among $1, and those who have one of the roles $2. Behind: how far the table is from position $3.
select
  p.user_id,
  greatest(0, $3::bigint - c.position)::float8 as behind,
  coalesce((p.preferences ->> 'mail')::boolean, false) as by_mail
from notifications.subscription_checkpoints as c
left join notifications.people as p
  on p.active and (p.user_id = any($1::uuid[]) or p.role = any($2::text[]))
where c.subscription = 'personal'
order by p.user_id
