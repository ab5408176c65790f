-- Failed logins of the present window, per account and per address (HMACs, never the address itself).
create table identity.login_failures (
  bucket text collate "C" primary key,
  failures integer not null,
  window_ends_at timestamptz not null
);

-- Where a user has logged in from before (HMAC of the address): the account's limit does not hold there, so that nobody
-- can lock its owner out by guessing from elsewhere.
create table identity.known_origins (
  user_id uuid not null,
  origin text collate "C" not null,
  last_login_at timestamptz not null,
  primary key (user_id, origin)
);
