CREATE TABLE `apps` (
	`site` text NOT NULL,
	`key` text NOT NULL,
	`client_key` text,
	`origins` text DEFAULT '[]' NOT NULL,
	`token_hash` text,
	PRIMARY KEY(`site`, `key`),
	CONSTRAINT "apps_origins_is_json_array" CHECK(json_valid("origins") AND json_type("origins") = 'array'),
	CONSTRAINT "apps_client_or_server" CHECK(("client_key" IS NULL) <> ("token_hash" IS NULL))
) STRICT;
--> statement-breakpoint
CREATE TABLE `event_kinds` (
	`site` text NOT NULL,
	`key` text NOT NULL,
	`description` text DEFAULT '' NOT NULL,
	`purposes` text DEFAULT '["analytics","personalization"]' NOT NULL,
	`props` text,
	PRIMARY KEY(`site`, `key`),
	CONSTRAINT "event_kinds_purposes_is_json_array" CHECK(json_valid("purposes") AND json_type("purposes") = 'array')
) STRICT;
--> statement-breakpoint
ALTER TABLE `sites` ADD `unknown_events` text;--> statement-breakpoint
ALTER TABLE `sites` ADD `retention_days` integer;