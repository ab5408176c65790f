-- The documents of agents know more than before, so the model begins anew: empty, it is filled from the log at the next
-- start, within seconds, and nobody has to rebuild it by hand.
truncate read_models.agents, read_models.agent_counters;
delete from read_models.subscription_checkpoints where subscription = 'agents';
