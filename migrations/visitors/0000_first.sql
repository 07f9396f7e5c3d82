CREATE TABLE `events` (
	`visitor` text NOT NULL,
	`site` text NOT NULL,
	`id` text NOT NULL,
	`user` text,
	`name` text NOT NULL,
	`at_ms` integer NOT NULL,
	`value` real,
	`props` text NOT NULL,
	`source` text NOT NULL,
	`stored_at_ms` integer NOT NULL,
	PRIMARY KEY(`visitor`, `site`, `id`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `exposures` (
	`visitor` text NOT NULL,
	`site` text NOT NULL,
	`experience` text NOT NULL,
	`version` integer NOT NULL,
	`user` text,
	`variant` text NOT NULL,
	`release` text NOT NULL,
	`propensity_bps` integer NOT NULL,
	`route` text NOT NULL,
	`at_ms` integer NOT NULL,
	`sticky` integer NOT NULL,
	`stored_at_ms` integer NOT NULL,
	PRIMARY KEY(`visitor`, `site`, `experience`, `version`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `profiles` (
	`visitor` text NOT NULL,
	`site` text NOT NULL,
	`version` integer NOT NULL,
	`profile` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`updated_at_ms` integer NOT NULL,
	PRIMARY KEY(`visitor`, `site`)
) STRICT;
