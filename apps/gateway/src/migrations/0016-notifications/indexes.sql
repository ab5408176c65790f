-- What an inbox shows, newest first, and counts.
create index notifications_of_person on read_models.notifications (user_id, at desc) include (read);
