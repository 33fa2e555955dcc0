-- 1520: nobody is waited for while captured or settled money lies (`rests` in the machine).
UPDATE cases SET owner_party = NULL, owner_org = NULL WHERE kind = 'payment' AND state IN ('captured', 'settled');
