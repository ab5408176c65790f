-- $1: the rows. Gives the ids of those that are new.
insert into notifications.mails (
  notification_id, user_id, severity, event, position, subject, body, created_at, due_at, delivery_id
)
select notification_id, user_id, severity, event, position, subject, body, created_at, due_at, delivery_id
from json_to_recordset($1::json) as r (
  notification_id uuid, user_id uuid, severity text, event text, position bigint, subject text, body text,
  created_at timestamptz, due_at timestamptz, delivery_id uuid
)
on conflict (notification_id) do nothing
returning notification_id
