-- Those that are gone, locked in the order of their keys. A beat that was taken before and is flushed after brings a row
-- back; the sweep finds it when it is due, learns from the stream that nobody is there, and deletes it here as well.
delete from {table}
where {key} in (select {key} from {table} where {key} = any($1::text[]) order by {key} for update)
