-- 1810: how far the goods were when the buyer applied. Lengths of clocks ask it; cases opened before run on rulebooks that do not.
ALTER TABLE aftersales ADD COLUMN progress TEXT NOT NULL DEFAULT 'received';
