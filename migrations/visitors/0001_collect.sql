CREATE TABLE `consents` (
	`visitor` text NOT NULL,
	`site` text NOT NULL,
	`analytics` integer NOT NULL,
	`personalization` integer NOT NULL,
	`at_ms` integer NOT NULL,
	PRIMARY KEY(`visitor`, `site`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `identities` (
	`visitor` text NOT NULL,
	`site` text NOT NULL,
	`user` text NOT NULL,
	`canonical` text NOT NULL,
	`bound_at_ms` integer NOT NULL,
	PRIMARY KEY(`visitor`, `site`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `identities_by_canonical` ON `identities` (`canonical`,`site`);--> statement-breakpoint
CREATE INDEX `identities_by_time` ON `identities` (`site`,`bound_at_ms`);--> statement-breakpoint
CREATE TABLE `tombstones` (
	`hash` text PRIMARY KEY NOT NULL,
	`erased_at_ms` integer NOT NULL
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `users` (
	`user` text NOT NULL,
	`site` text NOT NULL,
	`visitor` text NOT NULL,
	`conflicts` integer DEFAULT 0 NOT NULL,
	`created_at_ms` integer NOT NULL,
	PRIMARY KEY(`user`, `site`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `users_by_visitor` ON `users` (`visitor`,`site`);--> statement-breakpoint
ALTER TABLE `events` ADD `purposes` integer DEFAULT 3 NOT NULL;--> statement-breakpoint
CREATE INDEX `events_by_time` ON `events` (`site`,`at_ms`);--> statement-breakpoint
ALTER TABLE `exposures` ADD `purposes` integer DEFAULT 3 NOT NULL;--> statement-breakpoint
CREATE INDEX `exposures_by_time` ON `exposures` (`site`,`at_ms`);--> statement-breakpoint
CREATE INDEX `profiles_by_time` ON `profiles` (`site`,`updated_at_ms`);