select work_id
  from workflows.run_work
 where work_id > $1 and kind = 'task'
 order by work_id
 limit $2
