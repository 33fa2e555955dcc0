-- 1610: nobody is waited for while the after-sales window of a completed order runs (`rests` in the machine).
UPDATE cases SET owner_party = NULL, owner_org = NULL WHERE kind = 'order' AND state = 'completed';
