-- $1 gone, $2 and $3 the documents of those that changed.
with gone as (
  delete from tasks.circuit_breakers where breaker_id = any($1::uuid[])
)
insert into tasks.circuit_breakers as b (breaker_id, document)
select breaker_id, document from unnest($2::uuid[], $3::json[]) as changed(breaker_id, document)
on conflict (breaker_id) do update set document = excluded.document
