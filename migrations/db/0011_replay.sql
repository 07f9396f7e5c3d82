CREATE TABLE `replay_contexts` (
	`site` text NOT NULL,
	`slot` integer NOT NULL,
	`hour_ms` integer NOT NULL,
	`context` text NOT NULL,
	PRIMARY KEY(`site`, `slot`)
) STRICT, WITHOUT ROWID;
