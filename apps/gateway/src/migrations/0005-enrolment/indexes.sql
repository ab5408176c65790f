-- GET /api/v1/agents/registration-tokens, newest first.
create index registration_tokens_created_at on read_models.registration_tokens (created_at desc, id desc);
-- What a gateway must know when it starts: certificates that would still be good if they had not been revoked.
create index certificates_dead_until on read_models.certificates (dead_until) where dead_until is not null;
