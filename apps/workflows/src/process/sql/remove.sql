-- Waits for nobody; what is left is tried again.
with gone as (
  delete from workflows.run_work w
   using (select work_id from workflows.run_work where work_id = any($1::uuid[]) for update skip locked) as over
   where w.work_id = over.work_id
  returning w.work_id
)
select work_id from workflows.run_work
 where work_id = any($1::uuid[]) and work_id not in (select work_id from gone)
