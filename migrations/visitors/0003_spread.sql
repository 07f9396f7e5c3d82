CREATE TABLE `dead_letters` (
	`id` text PRIMARY KEY NOT NULL,
	`site` text NOT NULL,
	`visitor` text,
	`body` text NOT NULL,
	`reason` text NOT NULL,
	`times` integer NOT NULL,
	`at_ms` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE INDEX `dead_letters_by_time` ON `dead_letters` (`site`,`at_ms`);--> statement-breakpoint
CREATE INDEX `dead_letters_by_visitor` ON `dead_letters` (`visitor`,`site`);--> statement-breakpoint
CREATE TABLE `departed` (
	`start` text PRIMARY KEY NOT NULL,
	`until` text
) STRICT;
--> statement-breakpoint
CREATE TABLE `handovers` (
	`visitor` text NOT NULL,
	`site` text NOT NULL,
	`version` integer NOT NULL,
	`profile` text NOT NULL,
	`at_ms` integer NOT NULL,
	PRIMARY KEY(`visitor`, `site`, `version`)
) STRICT;
--> statement-breakpoint
CREATE TABLE `leftovers` (
	`id` integer PRIMARY KEY NOT NULL,
	`database` text NOT NULL,
	`start` text NOT NULL,
	`until` text,
	`since_ms` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `movers` (
	`id` integer PRIMARY KEY NOT NULL,
	`token` integer NOT NULL,
	`is_open` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `moves` (
	`id` integer PRIMARY KEY NOT NULL,
	`token` integer NOT NULL,
	`leased_until_ms` integer NOT NULL,
	`move` text
) STRICT;
--> statement-breakpoint
CREATE TABLE `places` (
	`start` text PRIMARY KEY NOT NULL,
	`database` text NOT NULL,
	`is_moving` integer DEFAULT 0 NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `receipts` (
	`visitor` text NOT NULL,
	`site` text NOT NULL,
	`of` text NOT NULL,
	`version` integer NOT NULL,
	`at_ms` integer NOT NULL,
	PRIMARY KEY(`visitor`, `site`, `of`, `version`)
) STRICT, WITHOUT ROWID;
