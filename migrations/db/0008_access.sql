CREATE TABLE `audit` (
	`site` text NOT NULL,
	`seq` integer NOT NULL,
	`at_ms` integer NOT NULL,
	`principal` text NOT NULL,
	`action` text NOT NULL,
	`subject` text NOT NULL,
	`outcome` text NOT NULL,
	`before_hash` text,
	`after_hash` text,
	`reason` text,
	`request` text NOT NULL,
	`previous_hash` text NOT NULL,
	`hash` text NOT NULL,
	PRIMARY KEY(`site`, `seq`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `people` (
	`person` text NOT NULL,
	`site` text NOT NULL,
	`roles` text NOT NULL,
	`changed_at_ms` integer NOT NULL,
	PRIMARY KEY(`person`, `site`),
	CONSTRAINT "people_roles_is_json_array" CHECK(json_valid("roles") AND json_type("roles") = 'array')
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `people_by_site` ON `people` (`site`);--> statement-breakpoint
CREATE TABLE `replays` (
	`key` text PRIMARY KEY NOT NULL,
	`asked` text NOT NULL,
	`begun_at_ms` integer NOT NULL,
	`status` integer,
	`body` text,
	`body_hash` text,
	`media_type` text
) STRICT;
--> statement-breakpoint
CREATE INDEX `replays_by_age` ON `replays` (`begun_at_ms`);--> statement-breakpoint
CREATE TABLE `sessions` (
	`hash` text PRIMARY KEY NOT NULL,
	`token` text,
	`token_hash` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`expires_at_ms` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE INDEX `sessions_by_end` ON `sessions` (`expires_at_ms`);--> statement-breakpoint
CREATE TABLE `tokens` (
	`id` text PRIMARY KEY NOT NULL,
	`hash` text NOT NULL,
	`name` text NOT NULL,
	`person` text,
	`roles` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`created_by` text NOT NULL,
	`expires_at_ms` integer NOT NULL,
	`revoked_at_ms` integer,
	`last_used_at_ms` integer,
	CONSTRAINT "tokens_roles_is_json_object" CHECK(json_valid("roles") AND json_type("roles") = 'object')
) STRICT;
