create index usage_sums_day on tasks.usage_sums (day);
