CREATE TABLE `audiences` (
	`site` text NOT NULL,
	`key` text NOT NULL,
	`description` text DEFAULT '' NOT NULL,
	`condition` text NOT NULL,
	PRIMARY KEY(`site`, `key`),
	CONSTRAINT "audiences_condition_is_json_object" CHECK(json_valid("condition") AND json_type("condition") = 'object')
) STRICT;
--> statement-breakpoint
CREATE TABLE `experiences` (
	`site` text NOT NULL,
	`key` text NOT NULL,
	`description` text DEFAULT '' NOT NULL,
	`kind` text NOT NULL,
	`enabled` integer DEFAULT 1 NOT NULL,
	`priority` integer DEFAULT 0 NOT NULL,
	`routes` text NOT NULL,
	`audience` text,
	`condition` text,
	`coverage_bps` integer DEFAULT 10000 NOT NULL,
	`holdback_bps` integer DEFAULT 0 NOT NULL,
	`unit` text DEFAULT 'visitor' NOT NULL,
	`fallback_unit` text,
	`seed` text,
	`hash_version` integer DEFAULT 2 NOT NULL,
	`layer` text,
	`layer_ranges` text,
	`namespace` text,
	`filters` text DEFAULT '[]' NOT NULL,
	`prerequisites` text DEFAULT '[]' NOT NULL,
	`schedule` text,
	`sticky` text DEFAULT 'none' NOT NULL,
	`version` integer DEFAULT 1 NOT NULL,
	`min_version` integer DEFAULT 0 NOT NULL,
	`force_rules` text DEFAULT '[]' NOT NULL,
	`metrics` text DEFAULT '[]' NOT NULL,
	PRIMARY KEY(`site`, `key`),
	CONSTRAINT "experiences_enabled_is_0_or_1" CHECK("enabled" IN (0, 1)),
	CONSTRAINT "experiences_coverage_bps_is_a_share" CHECK("coverage_bps" BETWEEN 0 AND 10000),
	CONSTRAINT "experiences_holdback_bps_is_a_share" CHECK("holdback_bps" BETWEEN 0 AND 10000),
	CONSTRAINT "experiences_routes_is_json_array" CHECK(json_valid("routes") AND json_type("routes") = 'array'),
	CONSTRAINT "experiences_filters_is_json_array" CHECK(json_valid("filters") AND json_type("filters") = 'array'),
	CONSTRAINT "experiences_prerequisites_is_json_array" CHECK(json_valid("prerequisites") AND json_type("prerequisites") = 'array'),
	CONSTRAINT "experiences_force_rules_is_json_array" CHECK(json_valid("force_rules") AND json_type("force_rules") = 'array'),
	CONSTRAINT "experiences_metrics_is_json_array" CHECK(json_valid("metrics") AND json_type("metrics") = 'array'),
	CONSTRAINT "experiences_one_audience" CHECK("audience" IS NULL OR "condition" IS NULL)
) STRICT;
--> statement-breakpoint
CREATE TABLE `holdouts` (
	`site` text NOT NULL,
	`key` text NOT NULL,
	`description` text DEFAULT '' NOT NULL,
	`seed` text NOT NULL,
	`unit` text DEFAULT 'visitor' NOT NULL,
	`coverage_bps` integer NOT NULL,
	`scope` text,
	PRIMARY KEY(`site`, `key`),
	CONSTRAINT "holdouts_coverage_bps_is_a_share" CHECK("coverage_bps" BETWEEN 0 AND 10000)
) STRICT;
--> statement-breakpoint
CREATE TABLE `layers` (
	`site` text NOT NULL,
	`key` text NOT NULL,
	`description` text DEFAULT '' NOT NULL,
	`seed` text NOT NULL,
	`unit` text DEFAULT 'visitor' NOT NULL,
	PRIMARY KEY(`site`, `key`)
) STRICT;
--> statement-breakpoint
CREATE TABLE `live` (
	`site` text PRIMARY KEY NOT NULL,
	`release` text NOT NULL,
	`killed` integer DEFAULT 0 NOT NULL,
	`killed_at_ms` integer DEFAULT 0 NOT NULL,
	`published_at_ms` integer NOT NULL,
	CONSTRAINT "live_killed_is_0_or_1" CHECK("killed" IN (0, 1))
) STRICT;
--> statement-breakpoint
CREATE TABLE `live_hosts` (
	`host` text PRIMARY KEY NOT NULL,
	`site` text NOT NULL
) STRICT;
--> statement-breakpoint
CREATE INDEX `live_hosts_by_site` ON `live_hosts` (`site`);--> statement-breakpoint
CREATE TABLE `metrics` (
	`site` text NOT NULL,
	`key` text NOT NULL,
	`description` text DEFAULT '' NOT NULL,
	`kind` text NOT NULL,
	`event` text NOT NULL,
	`denominator` text,
	`within_hours` real DEFAULT 72 NOT NULL,
	PRIMARY KEY(`site`, `key`)
) STRICT;
--> statement-breakpoint
CREATE TABLE `release_parts` (
	`release` text NOT NULL,
	`part` integer NOT NULL,
	`text` text NOT NULL,
	PRIMARY KEY(`release`, `part`)
) STRICT;
--> statement-breakpoint
CREATE TABLE `releases` (
	`id` text PRIMARY KEY NOT NULL,
	`site` text NOT NULL,
	`shape` integer NOT NULL,
	`parts` integer NOT NULL,
	`created_at_ms` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE INDEX `releases_by_site` ON `releases` (`site`,`created_at_ms`);--> statement-breakpoint
CREATE TABLE `routes` (
	`site` text NOT NULL,
	`key` text NOT NULL,
	`path` text NOT NULL,
	`query` text DEFAULT '{}' NOT NULL,
	`methods` text DEFAULT '["GET","HEAD"]' NOT NULL,
	`surface` text DEFAULT 'html' NOT NULL,
	PRIMARY KEY(`site`, `key`),
	CONSTRAINT "routes_query_is_json_object" CHECK(json_valid("query") AND json_type("query") = 'object'),
	CONSTRAINT "routes_methods_is_json_array" CHECK(json_valid("methods") AND json_type("methods") = 'array')
) STRICT;
--> statement-breakpoint
CREATE TABLE `sites` (
	`key` text PRIMARY KEY NOT NULL,
	`hosts` text NOT NULL,
	`origin` text NOT NULL,
	`cookie_name` text DEFAULT 'caramel' NOT NULL,
	`cookie_domain` text,
	`cookie_max_age_days` integer DEFAULT 365 NOT NULL,
	`bots` text DEFAULT 'stable' NOT NULL,
	`consent` text DEFAULT 'optOut' NOT NULL,
	`server_timing` integer DEFAULT 0 NOT NULL,
	`origin_timeout_ms` integer DEFAULT 30000 NOT NULL,
	`profile_deadline_ms` integer DEFAULT 50 NOT NULL,
	`redirect_hosts` text DEFAULT '[]' NOT NULL,
	`enabled` integer DEFAULT 1 NOT NULL,
	`revision` integer DEFAULT 1 NOT NULL,
	`writing` integer DEFAULT 0 NOT NULL,
	CONSTRAINT "sites_hosts_is_json_array" CHECK(json_valid("hosts") AND json_type("hosts") = 'array'),
	CONSTRAINT "sites_redirect_hosts_is_json_array" CHECK(json_valid("redirect_hosts") AND json_type("redirect_hosts") = 'array'),
	CONSTRAINT "sites_server_timing_is_0_or_1" CHECK("server_timing" IN (0, 1)),
	CONSTRAINT "sites_enabled_is_0_or_1" CHECK("enabled" IN (0, 1))
) STRICT;
--> statement-breakpoint
CREATE TABLE `slots` (
	`site` text NOT NULL,
	`key` text NOT NULL,
	`description` text DEFAULT '' NOT NULL,
	`type` text NOT NULL,
	`version` integer DEFAULT 1 NOT NULL,
	`default_value` text NOT NULL,
	`schema` text,
	`html_selector` text,
	`html_action` text,
	`html_name` text,
	`json_pointer` text,
	PRIMARY KEY(`site`, `key`),
	CONSTRAINT "slots_default_value_is_json" CHECK(json_valid("default_value"))
) STRICT;
--> statement-breakpoint
CREATE TABLE `variants` (
	`site` text NOT NULL,
	`experience` text NOT NULL,
	`key` text NOT NULL,
	`description` text DEFAULT '' NOT NULL,
	`position` integer DEFAULT 0 NOT NULL,
	`weight_bps` integer NOT NULL,
	`ranges` text,
	`slots` text DEFAULT '{}' NOT NULL,
	`operations` text DEFAULT '[]' NOT NULL,
	`move` text,
	PRIMARY KEY(`site`, `experience`, `key`),
	CONSTRAINT "variants_weight_bps_is_a_share" CHECK("weight_bps" BETWEEN 0 AND 10000),
	CONSTRAINT "variants_slots_is_json_object" CHECK(json_valid("slots") AND json_type("slots") = 'object'),
	CONSTRAINT "variants_operations_is_json_array" CHECK(json_valid("operations") AND json_type("operations") = 'array')
) STRICT;
