-- 1820: words of people and addresses are sealed (SYS-7). The columns that they stood in keep what earlier versions wrote until the opening
-- that seals it, and are empty from then on; `return_address` of a case is '' as long as the shop has yet to name one. `sealed_words` of a case:
-- description, return address and next application, as JSON.
ALTER TABLE aftersales ADD COLUMN sealed_words {BLOB};
ALTER TABLE evidence ADD COLUMN sealed_words {BLOB};
ALTER TABLE statements ADD COLUMN sealed_words {BLOB};
ALTER TABLE contacts ADD COLUMN sealed_note {BLOB};
ALTER TABLE return_addresses ADD COLUMN sealed_address {BLOB};
CREATE INDEX aftersales_in_the_clear ON aftersales (case_id)
    WHERE description <> '' OR return_address <> '' OR next_case IS NOT NULL;
CREATE INDEX evidence_in_the_clear ON evidence (id) WHERE words <> '';
CREATE INDEX statements_in_the_clear ON statements (id) WHERE words <> '';
CREATE INDEX contacts_in_the_clear ON contacts (id) WHERE note <> '';
