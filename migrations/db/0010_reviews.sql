CREATE TABLE `draft_edits` (
	`site` text NOT NULL,
	`revision` integer NOT NULL,
	`actor` text NOT NULL,
	`actor_name` text NOT NULL,
	`at_ms` integer NOT NULL,
	`changes` text DEFAULT '[]' NOT NULL,
	PRIMARY KEY(`site`, `revision`)
) STRICT;
--> statement-breakpoint
CREATE TABLE `release_states` (
	`id` integer PRIMARY KEY NOT NULL,
	`site` text NOT NULL,
	`release` text NOT NULL,
	`state` text NOT NULL,
	`actor` text NOT NULL,
	`actor_name` text NOT NULL,
	`at_ms` integer NOT NULL,
	`revision` integer,
	`note` text DEFAULT '' NOT NULL
) STRICT;
--> statement-breakpoint
CREATE INDEX `release_states_by_release` ON `release_states` (`site`,`release`,`id`);--> statement-breakpoint
CREATE TABLE `scheduled_releases` (
	`site` text NOT NULL,
	`release` text NOT NULL,
	`at_ms` integer NOT NULL,
	`actor` text NOT NULL,
	`actor_name` text NOT NULL,
	PRIMARY KEY(`site`, `release`)
) STRICT;
--> statement-breakpoint
CREATE INDEX `scheduled_releases_by_time` ON `scheduled_releases` (`at_ms`);--> statement-breakpoint
ALTER TABLE `live` ADD `staged_release` text;--> statement-breakpoint
ALTER TABLE `live` ADD `staged_bps` integer;--> statement-breakpoint
ALTER TABLE `live` ADD `staged_seed` text;--> statement-breakpoint
ALTER TABLE `sites` ADD `review` text;--> statement-breakpoint
INSERT INTO `release_states` (`site`, `release`, `state`, `actor`, `actor_name`, `at_ms`)
	SELECT `site`, `id`, 'live', 'unknown', 'unknown', `created_at_ms` FROM `releases` ORDER BY `created_at_ms`;
