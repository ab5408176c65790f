-- The canonical text of an event: each column's text after its length in bytes and a colon, so that no two events share one
-- text; times are microseconds since the Unix epoch. The planner inlines it (30 microseconds an event otherwise), hence
-- neither STRICT nor a SET clause, and no stronger promise than concat's: it is STABLE as the text of some types depends on
-- settings, which none of these does.
create function event_log.canonical(
  "position" bigint, stream_id text, category text, version bigint, type text, schema_version integer,
  data text, metadata text, recorded_us bigint
) returns text
  language sql stable parallel safe
  return concat(
    octet_length("position"::text), ':', "position",
    octet_length(stream_id), ':', stream_id,
    octet_length(category), ':', category,
    octet_length(version::text), ':', version,
    octet_length(type), ':', type,
    octet_length(schema_version::text), ':', schema_version,
    octet_length(data), ':', data,
    octet_length(metadata), ':', metadata,
    octet_length(recorded_us::text), ':', recorded_us
  );

-- What a commit's hash covers between the previous hash and the hashes of its events.
create function event_log.commit_header(first_position bigint, last_position bigint, committed_us bigint) returns text
  language sql stable parallel safe
  return concat(
    octet_length(first_position::text), ':', first_position,
    octet_length(last_position::text), ':', last_position,
    octet_length(committed_us::text), ':', committed_us
  );
