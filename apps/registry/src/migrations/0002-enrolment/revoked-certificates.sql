-- What the revocation list names: certificates that were revoked and have not expired. Rows leave when they expire.
create table registry.revoked_certificates (
  serial text collate "C" primary key,
  agent_id uuid not null,
  revoked_at timestamptz not null,
  expires_at timestamptz not null,
  reason text not null
);

create index revoked_certificates_expires_at on registry.revoked_certificates (expires_at);
