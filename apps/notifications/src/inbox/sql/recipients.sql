-- The active people among $1, and those who have one of the roles $2. Behind: how far the table is from position $3; nothing
-- while none of what lies between is of people.
select
  p.user_id,
  case
    when exists (
      select from event_log.events as e
       where e.category in ('user', 'preferences') and e.position > c.position and e.position <= $3::bigint
    ) then ($3::bigint - c.position)::float8
  end as behind,
  coalesce((p.preferences ->> 'mail')::boolean, false) as by_mail
from notifications.subscription_checkpoints as c
left join notifications.people as p
  on p.active and (p.user_id = any($1::uuid[]) or p.role = any($2::text[]))
where c.subscription = 'personal'
order by p.user_id
