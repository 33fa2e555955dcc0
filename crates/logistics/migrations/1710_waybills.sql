-- 1710: a waybill is looked for without knowing the carrier.
CREATE INDEX shipments_by_number ON shipments (waybill);
