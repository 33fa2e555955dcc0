-- 1510: what a card holder got back by a chargeback, apart from what is contested now (a second dispute of the same payment must
-- not give it away again), and when a payment was settled, which may have given the merchant nothing.
ALTER TABLE payments ADD COLUMN charged_back_minor BIGINT NOT NULL DEFAULT 0;
ALTER TABLE payments ADD COLUMN settled_at BIGINT;
UPDATE payments SET charged_back_minor = contested_minor, contested_minor = 0
    WHERE contested_minor > 0 AND case_id NOT IN (SELECT id FROM cases WHERE state = 'chargeback');
UPDATE payments SET settled_at = (SELECT MIN(at) FROM transfers WHERE case_id = payments.case_id AND kind = 'settle');
