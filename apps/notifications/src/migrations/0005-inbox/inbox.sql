-- Who can be told something, kept by the owned subscription `personal`. Whoever is erased has no row.
create table notifications.people (
  user_id uuid primary key,
  -- Null: the person's own events are parked, and only preferences are known.
  role text,
  active boolean not null,
  -- Sealed under the person's key.
  email text,
  -- Null: the person has said nothing.
  preferences json
);
create index people_by_role on notifications.people (role) where active;

-- What is mailed to people. It waits until a delivery carries it (quiet hours, a digest); a row stays a while after that, so
-- that a notice which is handled a second time is recognised.
create table notifications.mails (
  notification_id uuid primary key,
  user_id uuid not null,
  severity text not null,
  event text,
  position bigint,
  subject text not null,
  body text not null,
  created_at timestamptz not null,
  due_at timestamptz not null,
  -- Null while it waits.
  delivery_id uuid
);
create index mails_of_person on notifications.mails (user_id, created_at);

-- What a person was told of by the preferences in the last minute that had anything, and of what not: there was too much.
create table notifications.personal_minutes (
  user_id uuid primary key,
  minute timestamptz not null,
  told integer not null,
  withheld json not null
) with (fillfactor = 70);
