-- Numbers are remembered by the digest that told them, so that a digest owns up to what its own readers were told.
-- `digest`: JSON of its filters; '{}' = the digest of everything.
alter table bot.posted_numbers add column digest text not null default '{}';
alter table bot.posted_numbers drop constraint posted_numbers_pkey;
alter table bot.posted_numbers add primary key (digest, metric, segment, period_from, period_to, zone, told_on);
