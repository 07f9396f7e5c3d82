CREATE TRIGGER `apps_insert_revises` AFTER INSERT ON `apps`
BEGIN
	UPDATE `sites` SET `revision` = `revision` + 1 WHERE `key` IN (NEW.`site`) AND `writing` = 0;
END;
--> statement-breakpoint
CREATE TRIGGER `apps_update_revises` AFTER UPDATE ON `apps`
BEGIN
	UPDATE `sites` SET `revision` = `revision` + 1 WHERE `key` IN (OLD.`site`, NEW.`site`) AND `writing` = 0;
END;
--> statement-breakpoint
CREATE TRIGGER `apps_delete_revises` AFTER DELETE ON `apps`
BEGIN
	UPDATE `sites` SET `revision` = `revision` + 1 WHERE `key` IN (OLD.`site`) AND `writing` = 0;
END;
--> statement-breakpoint
CREATE TRIGGER `event_kinds_insert_revises` AFTER INSERT ON `event_kinds`
BEGIN
	UPDATE `sites` SET `revision` = `revision` + 1 WHERE `key` IN (NEW.`site`) AND `writing` = 0;
END;
--> statement-breakpoint
CREATE TRIGGER `event_kinds_update_revises` AFTER UPDATE ON `event_kinds`
BEGIN
	UPDATE `sites` SET `revision` = `revision` + 1 WHERE `key` IN (OLD.`site`, NEW.`site`) AND `writing` = 0;
END;
--> statement-breakpoint
CREATE TRIGGER `event_kinds_delete_revises` AFTER DELETE ON `event_kinds`
BEGIN
	UPDATE `sites` SET `revision` = `revision` + 1 WHERE `key` IN (OLD.`site`) AND `writing` = 0;
END;
