CREATE TABLE `affinities` (
	`site` text NOT NULL,
	`key` text NOT NULL,
	`description` text DEFAULT '' NOT NULL,
	`definition` text NOT NULL,
	PRIMARY KEY(`site`, `key`),
	CONSTRAINT "affinities_definition_is_json_object" CHECK(json_valid("definition") AND json_type("definition") = 'object')
) STRICT;
--> statement-breakpoint
CREATE TABLE `observe` (
	`site` text NOT NULL,
	`key` text NOT NULL,
	`description` text DEFAULT '' NOT NULL,
	`definition` text NOT NULL,
	PRIMARY KEY(`site`, `key`),
	CONSTRAINT "observe_definition_is_json_object" CHECK(json_valid("definition") AND json_type("definition") = 'object')
) STRICT;
--> statement-breakpoint
CREATE TABLE `traits` (
	`site` text NOT NULL,
	`key` text NOT NULL,
	`description` text DEFAULT '' NOT NULL,
	`definition` text NOT NULL,
	PRIMARY KEY(`site`, `key`),
	CONSTRAINT "traits_definition_is_json_object" CHECK(json_valid("definition") AND json_type("definition") = 'object')
) STRICT;
