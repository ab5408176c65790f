-- What was registered for an agent.
create index recorded_capabilities_agent on read_models.recorded_capabilities (agent_id, name);
