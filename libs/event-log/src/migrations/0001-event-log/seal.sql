-- Keeps a signature over the chain's hash at the end of a commit. Who holds the private key makes it; the database cannot
-- check it (verifiers do), but takes one only for a hash that the chain really has there, and only forwards.
create function event_log.add_seal(
  last_position bigint, hash bytea, sealed_us bigint, key_id text, signature bytea
) returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, event_log, pg_temp
as $$
begin
  perform from event_log.commits c where c.last_position = add_seal.last_position and c.hash = add_seal.hash;
  if not found then
    raise exception 'the chain has no such hash at position %', add_seal.last_position
      using errcode = 'invalid_parameter_value';
  end if;
  perform from event_log.seals s where s.last_position >= add_seal.last_position;
  if found then
    raise exception 'position % is sealed already', add_seal.last_position using errcode = 'unique_violation';
  end if;
  insert into event_log.seals (last_position, hash, sealed_at, key_id, signature)
  values (add_seal.last_position, add_seal.hash,
          timestamptz 'epoch' + add_seal.sealed_us * interval '1 microsecond',
          add_seal.key_id, add_seal.signature);
end
$$;
