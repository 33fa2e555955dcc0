-- 1700: parcels with their scans, and pickups asked for.
CREATE TABLE shipments (
    id {PK},
    case_id BIGINT NOT NULL,
    direction TEXT NOT NULL,
    carrier TEXT NOT NULL,
    waybill TEXT NOT NULL,
    merchant_org BIGINT,
    shop_id BIGINT,
    buyer_id BIGINT,
    announced_at BIGINT NOT NULL,
    watched_at BIGINT,
    last_scan_at BIGINT,
    delivered_at BIGINT,
    reported_at BIGINT,
    outcome TEXT
);
CREATE UNIQUE INDEX shipments_by_waybill ON shipments (carrier, waybill);
CREATE INDEX shipments_by_case ON shipments (case_id, id);
CREATE INDEX shipments_moving ON shipments (last_scan_at, id) WHERE outcome IS NULL AND last_scan_at IS NOT NULL;
-- What carriers said, as they said it; also notices that changed nothing.
CREATE TABLE scans (
    id {PK},
    shipment_id BIGINT NOT NULL,
    carrier TEXT NOT NULL,
    event_id TEXT NOT NULL,
    body_hash TEXT NOT NULL,
    kind TEXT NOT NULL,
    place TEXT NOT NULL,
    at BIGINT NOT NULL,
    received_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX scans_once ON scans (carrier, event_id);
CREATE INDEX scans_by_shipment ON scans (shipment_id, at, id);
CREATE TABLE pickups (
    id {PK},
    case_id BIGINT NOT NULL,
    carrier TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    booked_at BIGINT,
    collected_at BIGINT
);
CREATE INDEX pickups_by_case ON pickups (case_id, id);
