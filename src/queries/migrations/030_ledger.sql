-- Entries of the change ledger that people add by hand: who, when, and ids of their own, far above those that a warehouse gives.
alter table mart.changes
  add column added_by text,
  add column added_at timestamptz;
create sequence mart.changes_added start 1000000000000;
