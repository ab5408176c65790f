-- Entries of the audit, newest first, within (floor, before). Only events of that many positions are looked at, so that a
-- filter that hardly anything passes costs no more than any other.
select e.position, e.stream_id, e.category, e.type, e.metadata, e.recorded_at,
       case when octet_length(e.data::text) <= $9 then e.data end as data
  from event_log.events e
 where e.position < $1 and e.position > $2
   and ($3::text is null or e.stream_id = $3)
   and ($4::text is null or e.category = $4)
   and ($5::text is null or substr(e.stream_id, length(e.category) + 2) = $5)
   and ($6::text[] is null or e.type = any($6))
   and ($7::text[] is null or e.type <> all($7))
   and ($8::text is null or case when e.category = 'refusal'
         then coalesce(e.data -> 'principal' ->> 'id', e.data ->> 'user_id', 'anonymous') = $8
         else e.metadata -> 'actor' ->> 'id' = $8 end)
 order by e.position desc
 limit $10 offset $11
