create index circuit_breakers_name on read_models.circuit_breakers (name);
create index task_types_type on read_models.task_types (type);
