-- 1960: webhooks (SYS-4). The event record is the outbox: an endpoint remembers the last place that it looked at (position), and every event
-- it wants becomes a delivery in the transaction that moves the place on. All times are wall times.
CREATE TABLE webhook_endpoints ( /* undumped: in wall time */
    id {PK},
    org_id BIGINT NOT NULL,
    url TEXT NOT NULL,
    kinds TEXT NOT NULL,
    is_enabled BIGINT NOT NULL,
    disabled_why TEXT,
    position BIGINT NOT NULL,
    made_by BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    last_done_at BIGINT,
    version BIGINT NOT NULL
);
CREATE INDEX webhook_endpoints_by_org ON webhook_endpoints (org_id, id);
-- What messages are signed with; an earlier one goes on for a while beside its successor.
CREATE TABLE webhook_secrets ( /* undumped: secrets, in wall time */
    id {PK},
    endpoint_id BIGINT NOT NULL,
    sealed {BLOB} NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT
);
CREATE INDEX webhook_secrets_by_endpoint ON webhook_secrets (endpoint_id, id);
CREATE TABLE webhook_deliveries ( /* undumped: in wall time */
    id {PK},
    endpoint_id BIGINT NOT NULL,
    event_id BIGINT,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    tries BIGINT NOT NULL,
    next_at BIGINT,
    created_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE UNIQUE INDEX webhook_deliveries_once ON webhook_deliveries (endpoint_id, event_id) WHERE event_id IS NOT NULL;
CREATE INDEX webhook_deliveries_by_endpoint ON webhook_deliveries (endpoint_id, state, id);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (endpoint_id, next_at) WHERE next_at IS NOT NULL;
CREATE INDEX webhook_deliveries_by_age ON webhook_deliveries (created_at);
CREATE TABLE webhook_attempts ( /* undumped: in wall time */
    id {PK},
    delivery_id BIGINT NOT NULL,
    at BIGINT NOT NULL,
    status BIGINT,
    failure TEXT,
    took_ms BIGINT NOT NULL
);
CREATE INDEX webhook_attempts_by_delivery ON webhook_attempts (delivery_id, id);
