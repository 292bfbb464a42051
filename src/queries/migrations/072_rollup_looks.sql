-- When a reading of the whole table last found rows that were written before its end, where the looks in between do not see them: how far a date that
-- goes on can be told depends on it.
alter table rollup.captures add column written_within_at timestamptz;
