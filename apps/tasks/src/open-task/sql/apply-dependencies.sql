-- One batch's net effect, after that on open tasks. $1, $2 uuid[]: task and dependency of those that wait no longer;
-- $3, $4 uuid[]: of those that wait from now on. $5 uuid[]: tasks that ended. Answers who waits for a task that has ended:
-- what ended before its dependent came is not open any more, what ends later is in $5 then.
with over as (
  delete from tasks.dependencies d
   using unnest($1::uuid[], $2::uuid[]) as o(task_id, dependency_id)
   where d.task_id = o.task_id and d.dependency_id = o.dependency_id
),
added as (
  insert into tasks.dependencies (task_id, dependency_id)
  select * from unnest($3::uuid[], $4::uuid[])
  on conflict do nothing
)
select n.task_id, n.dependency_id
  from unnest($3::uuid[], $4::uuid[]) as n(task_id, dependency_id)
 where not exists (select from tasks.open_tasks t where t.task_id = n.dependency_id)
union
select d.task_id, d.dependency_id
  from tasks.dependencies d
 where d.dependency_id = any($5::uuid[])
   and (d.task_id, d.dependency_id) not in (select * from unnest($1::uuid[], $2::uuid[]))
