-- $1: [{user_id, minute, told, withheld}]
insert into notifications.personal_minutes (user_id, minute, told, withheld)
select user_id, minute, told, withheld
from json_to_recordset($1::json) as r (user_id uuid, minute timestamptz, told integer, withheld json)
on conflict (user_id) do update set
  minute = excluded.minute,
  told = excluded.told,
  withheld = excluded.withheld
