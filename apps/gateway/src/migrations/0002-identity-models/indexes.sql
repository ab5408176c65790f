-- GET /api/v1/admin/users, newest first.
create index users_created_at on read_models.users (created_at desc, id desc);
-- A user by the address, for filters; erased users have none.
create index users_email_index on read_models.users (email_index) where email_index is not null;
-- Sessions that may still be refreshed, of everybody and of one user, newest first.
create index sessions_open on read_models.sessions (created_at desc, id desc) where not ended;
create index sessions_user on read_models.sessions (user_id, created_at desc, id desc) where not ended;
-- One's own keys and clients.
create index api_keys_owner on read_models.api_keys (owner_id, created_at desc, id desc);
create index oauth_clients_owner on read_models.oauth_clients (owner_id, created_at desc, id desc);
-- GET /api/v1/secrets?category= and GET /api/v1/secrets/expiring
create index secrets_category on read_models.secrets (category, created_at desc, id desc);
create index secrets_expires_at on read_models.secrets (expires_at) where expires_at is not null;
