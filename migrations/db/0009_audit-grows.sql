-- The audit only grows, at its end, each row linked to the one before. `INSERT OR REPLACE` fires no delete trigger, so the
-- place of a new row is checked as well.
CREATE TRIGGER `audit_links` BEFORE INSERT ON `audit`
WHEN NEW.`seq` <> coalesce((SELECT max(`seq`) FROM `audit` WHERE `site` = NEW.`site`), 0) + 1
	OR NEW.`previous_hash` <> coalesce((SELECT `hash` FROM `audit` WHERE `site` = NEW.`site` AND `seq` = NEW.`seq` - 1), '')
BEGIN
	SELECT raise(ABORT, 'audit: not the next link');
END;
--> statement-breakpoint
CREATE TRIGGER `audit_never_changes` BEFORE UPDATE ON `audit`
BEGIN
	SELECT raise(ABORT, 'audit: rows never change');
END;
--> statement-breakpoint
CREATE TRIGGER `audit_never_forgets` BEFORE DELETE ON `audit`
BEGIN
	SELECT raise(ABORT, 'audit: rows are never deleted');
END;
