-- A site's revision rises on every change of any of its rows, by whomever: `write` compares it, so that an edit by SQL
-- is never overwritten unseen. `writing` is 1 only inside a batch of `write`, which raises the revision itself.
CREATE TRIGGER `sites_revised` AFTER UPDATE ON `sites`
WHEN NEW.`revision` = OLD.`revision` AND NEW.`writing` = 0 AND OLD.`writing` = 0
BEGIN
	UPDATE `sites` SET `revision` = `revision` + 1 WHERE `key` = NEW.`key`;
END;
--> statement-breakpoint
CREATE TRIGGER `routes_insert_revises` AFTER INSERT ON `routes`
BEGIN
	UPDATE `sites` SET `revision` = `revision` + 1 WHERE `key` IN (NEW.`site`) AND `writing` = 0;
END;
--> statement-breakpoint
CREATE TRIGGER `routes_update_revises` AFTER UPDATE ON `routes`
BEGIN
	UPDATE `sites` SET `revision` = `revision` + 1 WHERE `key` IN (OLD.`site`, NEW.`site`) AND `writing` = 0;
END;
--> statement-breakpoint
CREATE TRIGGER `routes_delete_revises` AFTER DELETE ON `routes`
BEGIN
	UPDATE `sites` SET `revision` = `revision` + 1 WHERE `key` IN (OLD.`site`) AND `writing` = 0;
END;
--> statement-breakpoint
CREATE TRIGGER `audiences_insert_revises` AFTER INSERT ON `audiences`
BEGIN
	UPDATE `sites` SET `revision` = `revision` + 1 WHERE `key` IN (NEW.`site`) AND `writing` = 0;
END;
--> statement-breakpoint
CREATE TRIGGER `audiences_update_revises` AFTER UPDATE ON `audiences`
BEGIN
	UPDATE `sites` SET `revision` = `revision` + 1 WHERE `key` IN (OLD.`site`, NEW.`site`) AND `writing` = 0;
END;
--> statement-breakpoint
CREATE TRIGGER `audiences_delete_revises` AFTER DELETE ON `audiences`
BEGIN
	UPDATE `sites` SET `revision` = `revision` + 1 WHERE `key` IN (OLD.`site`) AND `writing` = 0;
END;
--> statement-breakpoint
CREATE TRIGGER `slots_insert_revises` AFTER INSERT ON `slots`
BEGIN
	UPDATE `sites` SET `revision` = `revision` + 1 WHERE `key` IN (NEW.`site`) AND `writing` = 0;
END;
--> statement-breakpoint
CREATE TRIGGER `slots_update_revises` AFTER UPDATE ON `slots`
BEGIN
	UPDATE `sites` SET `revision` = `revision` + 1 WHERE `key` IN (OLD.`site`, NEW.`site`) AND `writing` = 0;
END;
--> statement-breakpoint
CREATE TRIGGER `slots_delete_revises` AFTER DELETE ON `slots`
BEGIN
	UPDATE `sites` SET `revision` = `revision` + 1 WHERE `key` IN (OLD.`site`) AND `writing` = 0;
END;
--> statement-breakpoint
CREATE TRIGGER `metrics_insert_revises` AFTER INSERT ON `metrics`
BEGIN
	UPDATE `sites` SET `revision` = `revision` + 1 WHERE `key` IN (NEW.`site`) AND `writing` = 0;
END;
--> statement-breakpoint
CREATE TRIGGER `metrics_update_revises` AFTER UPDATE ON `metrics`
BEGIN
	UPDATE `sites` SET `revision` = `revision` + 1 WHERE `key` IN (OLD.`site`, NEW.`site`) AND `writing` = 0;
END;
--> statement-breakpoint
CREATE TRIGGER `metrics_delete_revises` AFTER DELETE ON `metrics`
BEGIN
	UPDATE `sites` SET `revision` = `revision` + 1 WHERE `key` IN (OLD.`site`) AND `writing` = 0;
END;
--> statement-breakpoint
CREATE TRIGGER `layers_insert_revises` AFTER INSERT ON `layers`
BEGIN
	UPDATE `sites` SET `revision` = `revision` + 1 WHERE `key` IN (NEW.`site`) AND `writing` = 0;
END;
--> statement-breakpoint
CREATE TRIGGER `layers_update_revises` AFTER UPDATE ON `layers`
BEGIN
	UPDATE `sites` SET `revision` = `revision` + 1 WHERE `key` IN (OLD.`site`, NEW.`site`) AND `writing` = 0;
END;
--> statement-breakpoint
CREATE TRIGGER `layers_delete_revises` AFTER DELETE ON `layers`
BEGIN
	UPDATE `sites` SET `revision` = `revision` + 1 WHERE `key` IN (OLD.`site`) AND `writing` = 0;
END;
--> statement-breakpoint
CREATE TRIGGER `holdouts_insert_revises` AFTER INSERT ON `holdouts`
BEGIN
	UPDATE `sites` SET `revision` = `revision` + 1 WHERE `key` IN (NEW.`site`) AND `writing` = 0;
END;
--> statement-breakpoint
CREATE TRIGGER `holdouts_update_revises` AFTER UPDATE ON `holdouts`
BEGIN
	UPDATE `sites` SET `revision` = `revision` + 1 WHERE `key` IN (OLD.`site`, NEW.`site`) AND `writing` = 0;
END;
--> statement-breakpoint
CREATE TRIGGER `holdouts_delete_revises` AFTER DELETE ON `holdouts`
BEGIN
	UPDATE `sites` SET `revision` = `revision` + 1 WHERE `key` IN (OLD.`site`) AND `writing` = 0;
END;
--> statement-breakpoint
CREATE TRIGGER `experiences_insert_revises` AFTER INSERT ON `experiences`
BEGIN
	UPDATE `sites` SET `revision` = `revision` + 1 WHERE `key` IN (NEW.`site`) AND `writing` = 0;
END;
--> statement-breakpoint
CREATE TRIGGER `experiences_update_revises` AFTER UPDATE ON `experiences`
BEGIN
	UPDATE `sites` SET `revision` = `revision` + 1 WHERE `key` IN (OLD.`site`, NEW.`site`) AND `writing` = 0;
END;
--> statement-breakpoint
CREATE TRIGGER `experiences_delete_revises` AFTER DELETE ON `experiences`
BEGIN
	UPDATE `sites` SET `revision` = `revision` + 1 WHERE `key` IN (OLD.`site`) AND `writing` = 0;
END;
--> statement-breakpoint
CREATE TRIGGER `variants_insert_revises` AFTER INSERT ON `variants`
BEGIN
	UPDATE `sites` SET `revision` = `revision` + 1 WHERE `key` IN (NEW.`site`) AND `writing` = 0;
END;
--> statement-breakpoint
CREATE TRIGGER `variants_update_revises` AFTER UPDATE ON `variants`
BEGIN
	UPDATE `sites` SET `revision` = `revision` + 1 WHERE `key` IN (OLD.`site`, NEW.`site`) AND `writing` = 0;
END;
--> statement-breakpoint
CREATE TRIGGER `variants_delete_revises` AFTER DELETE ON `variants`
BEGIN
	UPDATE `sites` SET `revision` = `revision` + 1 WHERE `key` IN (OLD.`site`) AND `writing` = 0;
END;
