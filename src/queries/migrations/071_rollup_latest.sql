-- Every row in a date's cells is from before this: while that is past, and the changes are followed, a date need not be over to be answered from them.
alter table rollup.units add column latest timestamptz;
-- Of a dirty date: all that changed happened from here on, so that what its cells hold of before is right. NULL: nothing is known to be.
alter table rollup.units add column dirty_from timestamptz;
