-- The tables of the index; docs/index.md tells what they mean. All of it is rebuilt from git, so it may be deleted at any time.
-- Ids are of this file alone: what identifies a row for good is its oid, stem or path.

CREATE TABLE state (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE projects (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  goal TEXT NOT NULL,
  default_branch TEXT NOT NULL
);

CREATE TABLE accounts (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
);

CREATE TABLE commits (
  id INTEGER PRIMARY KEY,
  oid TEXT NOT NULL UNIQUE,
  author TEXT NOT NULL,
  email TEXT NOT NULL,
  authored TEXT NOT NULL,
  committed TEXT NOT NULL,
  place INTEGER NOT NULL,
  parents INTEGER NOT NULL,
  subject TEXT NOT NULL
);

CREATE TABLE commit_parents (
  commit_id INTEGER NOT NULL REFERENCES commits(id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  parent_id INTEGER NOT NULL REFERENCES commits(id),
  PRIMARY KEY (commit_id, number)
) WITHOUT ROWID;

CREATE TABLE sessions (
  id INTEGER PRIMARY KEY,
  project_id INTEGER NOT NULL REFERENCES projects(id),
  stem TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL,
  goal TEXT NOT NULL,
  status TEXT NOT NULL,
  started TEXT NOT NULL,
  instant REAL NOT NULL,
  ended TEXT NOT NULL,
  branch TEXT NOT NULL,
  author TEXT NOT NULL,
  agent TEXT NOT NULL,
  model TEXT NOT NULL,
  account_id INTEGER REFERENCES accounts(id),
  outcome TEXT NOT NULL,
  budget INTEGER NOT NULL,
  parents TEXT NOT NULL,
  tags TEXT NOT NULL,
  input_tokens REAL,
  output_tokens REAL,
  cost_usd REAL,
  credits REAL,
  deleted INTEGER NOT NULL
);

CREATE TABLE commit_sessions (
  commit_id INTEGER NOT NULL REFERENCES commits(id) ON DELETE CASCADE,
  session_id INTEGER NOT NULL REFERENCES sessions(id) ON DELETE CASCADE,
  PRIMARY KEY (commit_id, session_id)
) WITHOUT ROWID;

CREATE TABLE session_revisions (
  id INTEGER PRIMARY KEY,
  session_id INTEGER NOT NULL REFERENCES sessions(id) ON DELETE CASCADE,
  commit_id INTEGER NOT NULL REFERENCES commits(id) ON DELETE CASCADE,
  blob TEXT,
  opened INTEGER NOT NULL DEFAULT 0,
  closed INTEGER NOT NULL DEFAULT 0,
  problem TEXT
);

CREATE TABLE facts (
  id INTEGER PRIMARY KEY,
  session_id INTEGER NOT NULL REFERENCES sessions(id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  text TEXT NOT NULL,
  line INTEGER NOT NULL,
  opens INTEGER NOT NULL,
  est TEXT NOT NULL,
  took TEXT NOT NULL,
  made_by TEXT NOT NULL,
  turn TEXT NOT NULL,
  key INTEGER NOT NULL,
  head INTEGER,
  introduced_commit_id INTEGER NOT NULL REFERENCES commits(id),
  closed_commit_id INTEGER REFERENCES commits(id),
  closed_how TEXT,
  closed_session_id INTEGER REFERENCES sessions(id)
);

CREATE TABLE closings (
  id INTEGER PRIMARY KEY,
  session_id INTEGER NOT NULL REFERENCES sessions(id) ON DELETE CASCADE,
  fact_id INTEGER REFERENCES facts(id) ON DELETE CASCADE,
  key INTEGER NOT NULL,
  stem TEXT,
  how TEXT NOT NULL,
  said_by INTEGER NOT NULL,
  commit_id INTEGER NOT NULL REFERENCES commits(id)
);

CREATE TABLE handoffs (
  id INTEGER PRIMARY KEY,
  commit_id INTEGER NOT NULL REFERENCES commits(id) ON DELETE CASCADE,
  path TEXT NOT NULL,
  blob TEXT,
  stem TEXT NOT NULL DEFAULT '',
  renderer INTEGER,
  tokens INTEGER,
  in_force_carried INTEGER,
  in_force INTEGER,
  background_carried INTEGER,
  background INTEGER,
  preservation REAL,
  confidence REAL,
  text TEXT
);

CREATE TABLE knowledge (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL,
  tags TEXT NOT NULL,
  text TEXT NOT NULL,
  deleted INTEGER NOT NULL,
  introduced_commit_id INTEGER NOT NULL REFERENCES commits(id),
  changed_commit_id INTEGER NOT NULL REFERENCES commits(id)
);

CREATE TABLE knowledge_revisions (
  id INTEGER PRIMARY KEY,
  commit_id INTEGER NOT NULL REFERENCES commits(id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  blob TEXT
);

CREATE TABLE conversations (
  id INTEGER PRIMARY KEY,
  session_id INTEGER REFERENCES sessions(id) ON DELETE SET NULL,
  stem TEXT NOT NULL,
  name TEXT NOT NULL,
  agent TEXT NOT NULL,
  model TEXT NOT NULL,
  branch TEXT NOT NULL,
  started TEXT NOT NULL,
  ended TEXT NOT NULL,
  title TEXT NOT NULL,
  input_tokens INTEGER NOT NULL,
  output_tokens INTEGER NOT NULL,
  cost_usd REAL NOT NULL,
  cut INTEGER NOT NULL,
  blobs TEXT NOT NULL,
  UNIQUE (stem, name)
);

CREATE TABLE turns (
  id INTEGER PRIMARY KEY,
  conversation_id INTEGER NOT NULL REFERENCES conversations(id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  who TEXT NOT NULL,
  kind TEXT NOT NULL,
  at TEXT NOT NULL,
  model TEXT NOT NULL,
  tool TEXT NOT NULL,
  action TEXT NOT NULL,
  failed INTEGER NOT NULL,
  input_tokens INTEGER NOT NULL,
  output_tokens INTEGER NOT NULL,
  input TEXT NOT NULL,
  text TEXT NOT NULL
);

CREATE TABLE file_changes (
  commit_id INTEGER NOT NULL REFERENCES commits(id) ON DELETE CASCADE,
  path TEXT NOT NULL,
  status TEXT NOT NULL,
  added INTEGER,
  removed INTEGER,
  PRIMARY KEY (commit_id, path)
) WITHOUT ROWID;

-- Full text without a copy of it. The rowid is 8 times the id of what it is the text of, plus 0 for a fact, 1 for a session's
-- title and goal, 2 for knowledge, 3 for a handoff, 4 for a turn.
CREATE VIRTUAL TABLE texts USING fts5(body, content='', tokenize='porter unicode61 remove_diacritics 2');

-- indexes: made last, when the rows are there

CREATE INDEX commit_parents_parent ON commit_parents(parent_id);
CREATE INDEX commits_place ON commits(place);
CREATE INDEX sessions_account ON sessions(account_id);
CREATE INDEX commit_sessions_session ON commit_sessions(session_id);
CREATE INDEX session_revisions_session ON session_revisions(session_id);
CREATE INDEX session_revisions_commit ON session_revisions(commit_id);
CREATE INDEX facts_session ON facts(session_id);
CREATE INDEX facts_key ON facts(key);
CREATE INDEX facts_head ON facts(head) WHERE head IS NOT NULL;
CREATE INDEX facts_introduced ON facts(introduced_commit_id);
CREATE INDEX facts_closed ON facts(closed_commit_id) WHERE closed_commit_id IS NOT NULL;
CREATE INDEX facts_closer ON facts(closed_session_id) WHERE closed_session_id IS NOT NULL;
CREATE INDEX closings_session ON closings(session_id);
CREATE INDEX closings_key ON closings(key);
CREATE INDEX closings_fact ON closings(fact_id) WHERE fact_id IS NOT NULL;
CREATE INDEX closings_commit ON closings(commit_id);
CREATE INDEX handoffs_commit ON handoffs(commit_id);
CREATE INDEX handoffs_path ON handoffs(path);
CREATE INDEX knowledge_introduced ON knowledge(introduced_commit_id);
CREATE INDEX knowledge_changed ON knowledge(changed_commit_id);
CREATE INDEX knowledge_revisions_name ON knowledge_revisions(name);
CREATE INDEX knowledge_revisions_commit ON knowledge_revisions(commit_id);
CREATE INDEX conversations_session ON conversations(session_id);
CREATE INDEX turns_conversation ON turns(conversation_id);
CREATE INDEX file_changes_path ON file_changes(path);
