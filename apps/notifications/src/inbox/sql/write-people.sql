-- $1: [{user_id, role, active, email, preferences}]. In the order in which mail locks them.
insert into notifications.people as p (user_id, role, active, email, preferences)
select user_id, role, active, email, preferences
from json_to_recordset($1::json) as r (user_id uuid, role text, active boolean, email text, preferences json)
order by user_id
on conflict (user_id) do update set
  role = excluded.role,
  active = excluded.active,
  email = excluded.email,
  preferences = excluded.preferences
