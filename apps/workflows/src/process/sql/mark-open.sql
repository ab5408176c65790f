-- Waits for nobody: whoever holds a row changes it to something newer.
update workflows.run_work w set state = 'open'
  from (select work_id from workflows.run_work
         where work_id = any($1::uuid[]) and state = 'wanted' for update skip locked) as begun
 where w.work_id = begun.work_id
