-- Minutes before the one that $1 names, some at a time: the projection waits for none of these rows, and for nothing long.
delete from read_models.metric_counters
 where counter in (
   select counter from read_models.metric_counters where counter >= 'm' and counter < $1 order by counter limit $2
 )
