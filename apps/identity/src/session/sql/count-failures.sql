-- One more failure of each bucket; a window that is over begins anew. In the order of their names, so that two logins never
-- wait for each other.
insert into identity.login_failures as known (bucket, failures, window_ends_at)
select bucket, 1, $3::timestamptz from unnest($1::text[]) as given (bucket) order by bucket
on conflict (bucket) do update
set failures = case when known.window_ends_at <= $2::timestamptz then 1 else known.failures + 1 end,
    window_ends_at = case when known.window_ends_at <= $2::timestamptz then excluded.window_ends_at else known.window_ends_at end
returning bucket, failures, window_ends_at
