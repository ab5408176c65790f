-- The agents as the log tells them, up to the checkpoint of the subscription that keeps them: what the index of every
-- replica starts from.
create table discovery.agents (
  id text collate "C" primary key,
  document json not null,
  position bigint not null
);
