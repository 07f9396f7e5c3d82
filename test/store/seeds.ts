/**
 * Rows as people had them when a migration was new, by its file. A migration that adds a table gets seeds of its own here,
 * written for the schema of that day and never edited after: they stand for databases that are out there.
 */
export const seeds: Readonly<Record<string, readonly string[]>> = {
  "db/0000_first.sql": [
    `INSERT INTO sites (key, hosts, origin, cookie_domain, server_timing) VALUES
      ('shop', '["shop.example"]', 'https://o.example', '.example', 1), ('blog', '["*"]', 'https://b.example', NULL, 0)`,
    `INSERT INTO routes (site, key, path, query) VALUES ('shop', 'home', '/', '{"q":"*"}')`,
    `INSERT INTO audiences (site, key, condition) VALUES ('shop', 'night', '{"trait.hour":{"$gte":22}}')`,
    `INSERT INTO slots (site, key, type, default_value, html_selector, html_action) VALUES
      ('shop', 'title', 'text', '"Books — 本"', 'h1', 'setText')`,
    `INSERT INTO metrics (site, key, kind, event, within_hours) VALUES ('shop', 'basket', 'conversion', 'add', 1.5)`,
    `INSERT INTO layers (site, key, seed) VALUES ('shop', 'home', 's')`,
    `INSERT INTO holdouts (site, key, seed, coverage_bps, scope) VALUES ('shop', 'all', 's', 500, '["hero"]')`,
    `INSERT INTO experiences (site, key, kind, routes, audience, layer, layer_ranges, schedule) VALUES
      ('shop', 'hero', 'experiment', '[{"path":"/"}]', 'night', 'home', '[[0,5000]]', '{"until":"2027-01-01T00:00"}')`,
    `INSERT INTO variants (site, experience, key, position, weight_bps, operations) VALUES
      ('shop', 'hero', 'control', 0, 5000, '[]'),
      ('shop', 'hero', 'warm', 1, 5000, '[{"selector":"h1","action":"setText","value":"Hi"}]')`,
    `INSERT INTO releases (id, site, shape, parts, created_at_ms) VALUES ('r_1', 'shop', 1, 2, 1700000000000)`,
    `INSERT INTO release_parts (release, part, text) VALUES ('r_1', 0, '{"shape":1,'), ('r_1', 1, '"id":"r_1"}')`,
    `INSERT INTO live (site, release, killed, killed_at_ms, published_at_ms) VALUES ('shop', 'r_1', 1, 5, 1700000000001)`,
    `INSERT INTO live_hosts (host, site) VALUES ('shop.example', 'shop')`,
  ],
  "db/0002_surfaces.sql": [
    `INSERT INTO sites (key, hosts, origin, decisions_header) VALUES ('told', '["told.example"]', 'https://t.example', 1)`,
    `INSERT INTO routes (site, key, path, errors) VALUES ('told', 'any', '/*', 1)`,
  ],
  "db/0005_learning.sql": [
    `INSERT INTO observe (site, key, definition) VALUES
      ('shop', 'view-book', '{"kind":"view","event":"view_book","routes":[{"path":"/books/*","methods":["GET"]}],"item":true}')`,
    `INSERT INTO traits (site, key, description, definition) VALUES ('shop', 'spent', 'money', '{"kind":"sum","event":"order"}')`,
    `INSERT INTO affinities (site, key, definition) VALUES ('shop', 'category', '{"of":"category","events":{"order":5}}')`,
  ],
  "db/0008_access.sql": [
    `INSERT INTO tokens (id, hash, name, person, roles, created_at_ms, created_by, expires_at_ms, revoked_at_ms) VALUES
      ('t1', 'abc', 'pipeline', NULL, '{"shop":["author"]}', 1, 'deployment', 2, NULL),
      ('t2', 'def', 'Ann', 'person:ann@shop.example', '{"*":["viewer"]}', 1, 'deployment', 2, 1)`,
    `INSERT INTO people (person, site, roles, changed_at_ms) VALUES ('ann@shop.example', 'shop', '["author"]', 1)`,
    `INSERT INTO sessions (hash, token, token_hash, created_at_ms, expires_at_ms) VALUES ('h', 't1', 'abc', 1, 2)`,
    `INSERT INTO audit (site, seq, at_ms, principal, action, subject, outcome, before_hash, after_hash, reason, request,
      previous_hash, hash) VALUES ('shop', 1, 5, 'token:t1', 'edit', 'PUT draft', 'begun', NULL, 'x', NULL, 'r', '', 'h1')`,
    `INSERT INTO replays (key, asked, begun_at_ms, status, body, body_hash, media_type) VALUES
      ('k', 'a', 1, 201, '{}', 'b', 'application/json')`,
  ],
  "visitors/0002_awaited.sql": [
    `INSERT INTO awaited (visitor, site, rule, since_ms, due_at_ms, stored_at_ms) VALUES
      ('v1', 'shop', 'left', 1700000000000, 1700003600000, 1700000000001)`,
  ],
  "visitors/0003_spread.sql": [
    `INSERT INTO places (start, database) VALUES ('', 'VISITORS'), ('v', 'VISITORS_1')`,
    `INSERT INTO moves (id, token, leased_until_ms, move) VALUES (1, 3, 0, NULL)`,
    `INSERT INTO leftovers (database, start, until, since_ms) VALUES ('VISITORS', 'x', NULL, 5)`,
    `INSERT INTO departed (start, until) VALUES ('x', NULL)`,
    `INSERT INTO movers (id, token, is_open) VALUES (1, 3, 0)`,
    `INSERT INTO handovers (visitor, site, version, profile, at_ms) VALUES ('v2', 'shop', 4, '{"traits":{"a":1}}', 5)`,
    `INSERT INTO receipts (visitor, site, of, version, at_ms) VALUES ('v1', 'shop', 'v2', 3, 5)`,
    `INSERT INTO dead_letters (id, site, visitor, body, reason, times, at_ms) VALUES ('abc', 'shop', 'v1', '{"shape":1}', 'away', 1, 5)`,
  ],
  "visitors/0000_first.sql": [
    `INSERT INTO profiles (visitor, site, version, profile, created_at_ms, updated_at_ms) VALUES
      ('v1', 'shop', 3, '{"affinities":{},"events":{},"exposed":["hero@1"],"sticky":{},"traits":{"a":1}}', 1, 2)`,
    `INSERT INTO events (visitor, site, id, user, name, at_ms, value, props, source, stored_at_ms) VALUES
      ('v1', 'shop', 'e1', NULL, 'view', 1700000000000, NULL, '{}', 'page', 1700000000001),
      ('v1', 'shop', 'e2', 'ann', 'buy', 1700000000000, 9.99, '{"sku":"本"}', 'api', 1700000000001)`,
    `INSERT INTO exposures (visitor, site, experience, version, user, variant, release, propensity_bps, route, at_ms, sticky,
      stored_at_ms) VALUES ('v1', 'shop', 'hero', 1, NULL, 'warm', 'r_1', 5000, '/', 1700000000000, 1, 1700000000001)`,
  ],
  "db/0003_collect.sql": [
    `INSERT INTO apps (site, key, token_hash) VALUES ('shop', 'backend', 'abc')`,
    `INSERT INTO event_kinds (site, key, props) VALUES ('shop', 'buy', '{"sku":{"type":"text"}}')`,
    `UPDATE sites SET unknown_events = 'reject', retention_days = 30 WHERE key = 'shop'`,
  ],
  "db/0010_reviews.sql": [
    `INSERT INTO release_states (id, site, release, state, actor, actor_name, at_ms, revision, note) VALUES
      (50, 'shop', 'r_1', 'review', 'person:ann', 'Ann', 5, 3, 'look'), (51, 'shop', 'r_1', 'approved', 'person:bo', 'Bo', 6, 3, '')`,
    `INSERT INTO scheduled_releases (site, release, at_ms, actor, actor_name) VALUES ('shop', 'r_1', 7, 'person:bo', 'Bo')`,
    `INSERT INTO draft_edits (site, revision, actor, actor_name, at_ms, changes) VALUES ('shop', 3, 'person:ann', 'Ann', 4, '["a"]')`,
    `UPDATE live SET staged_release = 'r_2', staged_bps = 500, staged_seed = 's' WHERE site = 'shop'`,
    `UPDATE sites SET review = '{"required":true,"ownApproval":false}' WHERE key = 'shop'`,
  ],
  "db/0007_client.sql": [`UPDATE sites SET client = 'app' WHERE key = 'shop'`],
  "db/0011_replay.sql": [
    `INSERT INTO replay_contexts (site, slot, hour_ms, context) VALUES ('shop', 1, 3600000, '{"path":"/"}')`,
  ],
  "visitors/0001_collect.sql": [
    `INSERT INTO consents (visitor, site, analytics, personalization, at_ms) VALUES ('v1', 'shop', 1, 0, 5)`,
    `INSERT INTO identities (visitor, site, user, canonical, bound_at_ms) VALUES ('v2', 'shop', 'ann', 'v1', 5)`,
    `INSERT INTO users (user, site, visitor, created_at_ms) VALUES ('ann', 'shop', 'v1', 5)`,
    `INSERT INTO tombstones (hash, erased_at_ms) VALUES ('abc', 5)`,
  ],
};
