CREATE TABLE `awaited` (
	`visitor` text NOT NULL,
	`site` text NOT NULL,
	`rule` text NOT NULL,
	`since_ms` integer NOT NULL,
	`due_at_ms` integer NOT NULL,
	`stored_at_ms` integer NOT NULL,
	PRIMARY KEY(`visitor`, `site`, `rule`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `awaited_by_due` ON `awaited` (`due_at_ms`);