-- A stretch of time is a range of names: byte by byte, whatever the database's language.
alter table read_models.metric_counters alter column counter type text collate "C";
