create index costs_day on read_models.costs (day);
