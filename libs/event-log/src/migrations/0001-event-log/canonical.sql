-- The canonical text of an event: each column's text after its length in bytes and a colon, so that no two events share one
-- text; times are microseconds since the Unix epoch. The planner inlines it (30 microseconds an event otherwise), hence
-- neither STRICT nor a SET clause, and every cast written out: text || bigint is only STABLE.
create function event_log.canonical(
  "position" bigint, stream_id text, category text, version bigint, type text, schema_version integer,
  data text, metadata text, recorded_us bigint
) returns text
  language sql immutable parallel safe
  return
    octet_length("position"::text)::text || ':' || "position"::text ||
    octet_length(stream_id)::text || ':' || stream_id ||
    octet_length(category)::text || ':' || category ||
    octet_length(version::text)::text || ':' || version::text ||
    octet_length(type)::text || ':' || type ||
    octet_length(schema_version::text)::text || ':' || schema_version::text ||
    octet_length(data)::text || ':' || data ||
    octet_length(metadata)::text || ':' || metadata ||
    octet_length(recorded_us::text)::text || ':' || recorded_us::text;

-- What a commit's hash covers between the previous hash and the hashes of its events.
create function event_log.commit_header(first_position bigint, last_position bigint, committed_us bigint) returns text
  language sql immutable parallel safe
  return
    octet_length(first_position::text)::text || ':' || first_position::text ||
    octet_length(last_position::text)::text || ':' || last_position::text ||
    octet_length(committed_us::text)::text || ':' || committed_us::text;
