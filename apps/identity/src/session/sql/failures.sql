select bucket, failures, window_ends_at from identity.login_failures
where bucket = any ($1::text[]) and window_ends_at > $2::timestamptz
