-- What was handed to the agents of a worker and is not started yet, the most urgent first.
select task.document
from read_models.tasks as task
where
  task.status = 'assigned'
  and task.agent_id in (
    select agent.id from read_models.agents as agent where agent.document -> 'details' ->> 'worker_id' = $1
  )
order by task.priority desc, task.id
limit $2
