create index alerts_by_time on read_models.alerts (raised_at desc, id desc);
