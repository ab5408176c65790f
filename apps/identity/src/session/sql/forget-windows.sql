delete from identity.login_failures where window_ends_at < $1::timestamptz
