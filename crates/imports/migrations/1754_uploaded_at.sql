-- Wall time of an upload: a row of a later day has not happened, also in a market whose own clock is behind.
ALTER TABLE imports ADD COLUMN uploaded_at BIGINT NOT NULL DEFAULT 0;
