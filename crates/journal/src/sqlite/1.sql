-- The record, version 1. Numbers of kinds, states and modes are in code.rs.

-- The log: leaf is canonical JSON; hash is RFC 6962's. The other columns repeat the leaf.
CREATE TABLE event (
    seq INTEGER PRIMARY KEY,
    leaf TEXT NOT NULL,
    hash BLOB NOT NULL,
    kind INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    invocation TEXT,
    correlation TEXT
) STRICT;
CREATE INDEX event_invocation ON event (invocation) WHERE invocation IS NOT NULL;
CREATE INDEX event_correlation ON event (correlation) WHERE correlation IS NOT NULL;
-- Every invocation has the two that are left out: a scan finds them as fast.
CREATE INDEX event_kind ON event (kind) WHERE kind NOT IN (0, 6);

-- What can be erased.
CREATE TABLE payload (
    seq INTEGER NOT NULL,
    name TEXT NOT NULL,
    salt BLOB NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (seq, name)
) STRICT, WITHOUT ROWID;

-- The fold of each invocation. Those of a correlation are found by their events `begun`. The
-- fewer indexes there are of what comes in no order, the fewer pages a commit writes. The
-- primary key ends every index, so that lists need no sorting.
CREATE TABLE invocation (
    begun_seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    caller TEXT NOT NULL,
    skill TEXT NOT NULL,
    version TEXT NOT NULL,
    digest TEXT NOT NULL,
    tool TEXT NOT NULL,
    key TEXT,
    is_bound INTEGER NOT NULL,
    fingerprint BLOB NOT NULL,
    correlation TEXT NOT NULL,
    mode INTEGER NOT NULL,
    callback TEXT,
    attempts_max INTEGER NOT NULL,
    begun_ms INTEGER NOT NULL,
    is_erased INTEGER NOT NULL,
    -- What changes:
    state INTEGER NOT NULL,
    status TEXT,
    attempt INTEGER NOT NULL,
    ended_ms INTEGER,
    ended_seq INTEGER,
    due_ms INTEGER,
    wait_ms INTEGER NOT NULL,
    is_cancel_asked INTEGER NOT NULL,
    progress TEXT,
    fence INTEGER NOT NULL,
    owner TEXT,
    checkpoint_seq INTEGER
) STRICT;
CREATE UNIQUE INDEX invocation_id ON invocation (id);
CREATE UNIQUE INDEX invocation_key ON invocation (caller, skill, tool, key) WHERE is_bound = 1;
CREATE INDEX invocation_caller ON invocation (caller);
CREATE INDEX invocation_skill ON invocation (skill);
CREATE INDEX invocation_both ON invocation (caller, skill);
CREATE INDEX invocation_job ON invocation (begun_seq) WHERE mode = 1;
CREATE INDEX invocation_open ON invocation (begun_seq) WHERE state < 3;
CREATE INDEX invocation_wait ON invocation (state, mode, wait_ms) WHERE state < 3;
CREATE INDEX invocation_ended ON invocation (ended_ms)
    WHERE ended_ms IS NOT NULL AND is_erased = 0;

-- Versions of skills. One that was removed stays known, with its digest.
CREATE TABLE release (
    name TEXT NOT NULL,
    version TEXT NOT NULL,
    digest TEXT NOT NULL,
    is_enabled INTEGER NOT NULL,
    is_listed INTEGER NOT NULL,
    added_ms INTEGER NOT NULL,
    PRIMARY KEY (name, version)
) STRICT, WITHOUT ROWID;

-- The outbox: what is not settled yet.
CREATE TABLE callback (
    id TEXT PRIMARY KEY,
    invocation TEXT NOT NULL,
    url TEXT NOT NULL,
    seq INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    fence INTEGER NOT NULL,
    due_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX callback_due ON callback (due_ms, invocation, seq);

-- Signed checkpoints.
CREATE TABLE seal (
    size INTEGER PRIMARY KEY,
    root BLOB NOT NULL,
    note TEXT NOT NULL,
    at_ms INTEGER NOT NULL
) STRICT;

-- The right edge of the Merkle tree: one row.
CREATE TABLE tree (
    id INTEGER PRIMARY KEY CHECK (id = 0),
    size INTEGER NOT NULL,
    edge BLOB NOT NULL
) STRICT;
INSERT INTO tree VALUES (0, 0, x'');
