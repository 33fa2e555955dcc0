-- 1955: verification of organisations: what applicants say of themselves (sealed), the papers that show it, what they consented to.
CREATE TABLE verifications (
    case_id {PK},
    org_id BIGINT NOT NULL UNIQUE,
    subject TEXT,
    approved_at BIGINT,
    is_first BIGINT NOT NULL,
    reason TEXT,
    mend TEXT NOT NULL
);
-- Stages: the draft, what was handed in (one a time), what of it was approved, what a reviewer read from the papers.
-- held_key is the number's keyed hash while it stands for an organisation: nobody else can hand it in.
CREATE TABLE verification_forms (
    id {PK},
    case_id BIGINT NOT NULL,
    stage TEXT NOT NULL,
    at BIGINT NOT NULL,
    sealed {BLOB} NOT NULL,
    held_key BIGINT
);
CREATE INDEX verification_forms_by_case ON verification_forms (case_id, id);
CREATE UNIQUE INDEX verification_forms_by_key ON verification_forms (held_key) WHERE held_key IS NOT NULL;
CREATE TABLE verification_papers (
    id {PK},
    case_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    media_type TEXT NOT NULL,
    added_at BIGINT NOT NULL,
    removed_at BIGINT
);
CREATE INDEX verification_papers_by_case ON verification_papers (case_id, id);
CREATE TABLE consents (
    id {PK},
    case_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    agreement TEXT NOT NULL,
    version TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX consents_by_case ON consents (case_id, id);
