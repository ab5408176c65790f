-- Sums of days before $1, some at a time: the projection waits for none of these rows, and for nothing long.
delete from tasks.usage_sums where id in (select id from tasks.usage_sums where day < $1 order by day limit $2)
