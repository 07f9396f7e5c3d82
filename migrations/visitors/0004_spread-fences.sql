-- Visitors who have departed to another database: nothing of theirs is written here any more, by whomever and however. Whoever
-- tries has read an old map, and the whole batch fails; so what moving copies is all there is.
CREATE TRIGGER `profiles_insert_departed` BEFORE INSERT ON `profiles`
BEGIN
	SELECT RAISE(ABORT, 'visitor departed') FROM `departed`
	WHERE NEW.`visitor` >= `start` AND (`until` IS NULL OR NEW.`visitor` < `until`);
END;
--> statement-breakpoint
CREATE TRIGGER `profiles_update_departed` BEFORE UPDATE ON `profiles`
BEGIN
	SELECT RAISE(ABORT, 'visitor departed') FROM `departed`
	WHERE NEW.`visitor` >= `start` AND (`until` IS NULL OR NEW.`visitor` < `until`);
END;
--> statement-breakpoint
CREATE TRIGGER `events_insert_departed` BEFORE INSERT ON `events`
BEGIN
	SELECT RAISE(ABORT, 'visitor departed') FROM `departed`
	WHERE NEW.`visitor` >= `start` AND (`until` IS NULL OR NEW.`visitor` < `until`);
END;
--> statement-breakpoint
CREATE TRIGGER `events_update_departed` BEFORE UPDATE ON `events`
BEGIN
	SELECT RAISE(ABORT, 'visitor departed') FROM `departed`
	WHERE NEW.`visitor` >= `start` AND (`until` IS NULL OR NEW.`visitor` < `until`);
END;
--> statement-breakpoint
CREATE TRIGGER `exposures_insert_departed` BEFORE INSERT ON `exposures`
BEGIN
	SELECT RAISE(ABORT, 'visitor departed') FROM `departed`
	WHERE NEW.`visitor` >= `start` AND (`until` IS NULL OR NEW.`visitor` < `until`);
END;
--> statement-breakpoint
CREATE TRIGGER `exposures_update_departed` BEFORE UPDATE ON `exposures`
BEGIN
	SELECT RAISE(ABORT, 'visitor departed') FROM `departed`
	WHERE NEW.`visitor` >= `start` AND (`until` IS NULL OR NEW.`visitor` < `until`);
END;
--> statement-breakpoint
CREATE TRIGGER `awaited_insert_departed` BEFORE INSERT ON `awaited`
BEGIN
	SELECT RAISE(ABORT, 'visitor departed') FROM `departed`
	WHERE NEW.`visitor` >= `start` AND (`until` IS NULL OR NEW.`visitor` < `until`);
END;
--> statement-breakpoint
CREATE TRIGGER `awaited_update_departed` BEFORE UPDATE ON `awaited`
BEGIN
	SELECT RAISE(ABORT, 'visitor departed') FROM `departed`
	WHERE NEW.`visitor` >= `start` AND (`until` IS NULL OR NEW.`visitor` < `until`);
END;
--> statement-breakpoint
CREATE TRIGGER `identities_insert_departed` BEFORE INSERT ON `identities`
BEGIN
	SELECT RAISE(ABORT, 'visitor departed') FROM `departed`
	WHERE NEW.`visitor` >= `start` AND (`until` IS NULL OR NEW.`visitor` < `until`);
END;
--> statement-breakpoint
CREATE TRIGGER `identities_update_departed` BEFORE UPDATE ON `identities`
BEGIN
	SELECT RAISE(ABORT, 'visitor departed') FROM `departed`
	WHERE NEW.`visitor` >= `start` AND (`until` IS NULL OR NEW.`visitor` < `until`);
END;
--> statement-breakpoint
CREATE TRIGGER `consents_insert_departed` BEFORE INSERT ON `consents`
BEGIN
	SELECT RAISE(ABORT, 'visitor departed') FROM `departed`
	WHERE NEW.`visitor` >= `start` AND (`until` IS NULL OR NEW.`visitor` < `until`);
END;
--> statement-breakpoint
CREATE TRIGGER `consents_update_departed` BEFORE UPDATE ON `consents`
BEGIN
	SELECT RAISE(ABORT, 'visitor departed') FROM `departed`
	WHERE NEW.`visitor` >= `start` AND (`until` IS NULL OR NEW.`visitor` < `until`);
END;
--> statement-breakpoint
CREATE TRIGGER `handovers_insert_departed` BEFORE INSERT ON `handovers`
BEGIN
	SELECT RAISE(ABORT, 'visitor departed') FROM `departed`
	WHERE NEW.`visitor` >= `start` AND (`until` IS NULL OR NEW.`visitor` < `until`);
END;
--> statement-breakpoint
CREATE TRIGGER `handovers_update_departed` BEFORE UPDATE ON `handovers`
BEGIN
	SELECT RAISE(ABORT, 'visitor departed') FROM `departed`
	WHERE NEW.`visitor` >= `start` AND (`until` IS NULL OR NEW.`visitor` < `until`);
END;
--> statement-breakpoint
CREATE TRIGGER `receipts_insert_departed` BEFORE INSERT ON `receipts`
BEGIN
	SELECT RAISE(ABORT, 'visitor departed') FROM `departed`
	WHERE NEW.`visitor` >= `start` AND (`until` IS NULL OR NEW.`visitor` < `until`);
END;
--> statement-breakpoint
CREATE TRIGGER `receipts_update_departed` BEFORE UPDATE ON `receipts`
BEGIN
	SELECT RAISE(ABORT, 'visitor departed') FROM `departed`
	WHERE NEW.`visitor` >= `start` AND (`until` IS NULL OR NEW.`visitor` < `until`);
END;
