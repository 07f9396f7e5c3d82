ALTER TABLE `routes` ADD `errors` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `sites` ADD `decisions_header` integer DEFAULT 0 NOT NULL;