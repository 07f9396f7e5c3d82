-- As 0001 for the tables of the migration before: a revision rises on every change of any of its site's rows.
CREATE TRIGGER `observe_insert_revises` AFTER INSERT ON `observe`
BEGIN
	UPDATE `sites` SET `revision` = `revision` + 1 WHERE `key` IN (NEW.`site`) AND `writing` = 0;
END;
--> statement-breakpoint
CREATE TRIGGER `observe_update_revises` AFTER UPDATE ON `observe`
BEGIN
	UPDATE `sites` SET `revision` = `revision` + 1 WHERE `key` IN (OLD.`site`, NEW.`site`) AND `writing` = 0;
END;
--> statement-breakpoint
CREATE TRIGGER `observe_delete_revises` AFTER DELETE ON `observe`
BEGIN
	UPDATE `sites` SET `revision` = `revision` + 1 WHERE `key` IN (OLD.`site`) AND `writing` = 0;
END;
--> statement-breakpoint
CREATE TRIGGER `traits_insert_revises` AFTER INSERT ON `traits`
BEGIN
	UPDATE `sites` SET `revision` = `revision` + 1 WHERE `key` IN (NEW.`site`) AND `writing` = 0;
END;
--> statement-breakpoint
CREATE TRIGGER `traits_update_revises` AFTER UPDATE ON `traits`
BEGIN
	UPDATE `sites` SET `revision` = `revision` + 1 WHERE `key` IN (OLD.`site`, NEW.`site`) AND `writing` = 0;
END;
--> statement-breakpoint
CREATE TRIGGER `traits_delete_revises` AFTER DELETE ON `traits`
BEGIN
	UPDATE `sites` SET `revision` = `revision` + 1 WHERE `key` IN (OLD.`site`) AND `writing` = 0;
END;
--> statement-breakpoint
CREATE TRIGGER `affinities_insert_revises` AFTER INSERT ON `affinities`
BEGIN
	UPDATE `sites` SET `revision` = `revision` + 1 WHERE `key` IN (NEW.`site`) AND `writing` = 0;
END;
--> statement-breakpoint
CREATE TRIGGER `affinities_update_revises` AFTER UPDATE ON `affinities`
BEGIN
	UPDATE `sites` SET `revision` = `revision` + 1 WHERE `key` IN (OLD.`site`, NEW.`site`) AND `writing` = 0;
END;
--> statement-breakpoint
CREATE TRIGGER `affinities_delete_revises` AFTER DELETE ON `affinities`
BEGIN
	UPDATE `sites` SET `revision` = `revision` + 1 WHERE `key` IN (OLD.`site`) AND `writing` = 0;
END;
