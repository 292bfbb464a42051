/** Every limit of the house, with its unit in its name. */
export const limits = {
  /** A delivery whose handler died may be taken again after this. */
  deliveryLeaseSeconds: 60,
  deliveriesKeptHours: 48,
  /** A run whose worker died is taken by another after this; far above the platforms' HTTP time-outs. */
  runLeaseSeconds: 60,
  /** A message leaves only in the first part of its lease, so that it is there (or never will be) when another looks for it. */
  runSendWithinMs: 30_000,
  composeTimeoutMs: 45_000,
  composeAttemptsMax: 6,
  retryFirstMs: 60_000,
  retryMostMs: 900_000,
  /** Due runs are looked for this far back after downtime. */
  planBackDays: 40,
  /** Entries of the change ledger that one planning looks at. */
  ledgerEntriesMax: 1_000,
  /** A run that starts later than this is one that was missed, and says so. */
  lateFromMs: 900_000,
  /** An owner is told of a failure for so long after it. */
  noticeLateMinutesMax: 1_440,
  /** A message that can neither be found nor ruled out is given up so long after its deadline. */
  unknownMsMax: 86_400_000,
  runsAtOnceMax: 4,
  postsPerSecondPerChannel: 1,
  postsPerSecondPerTenant: 5,
  /** Unknown outcomes in a row after which a platform is left alone for a while. */
  breakerFailuresMax: 3,
  breakerOpenMs: 30_000,
  /** Measurements that equal questions of one slot share. */
  sharedMeasuresMax: 2_000,
  sharedMeasureMs: 600_000,
  /** Scans of the mart (some megabytes each) that digests of one slot share. */
  sharedLooksMax: 12,
  runsKeptDays: 400,
  /** Scheduled messages that a page fetches. */
  pagePostsMax: 30,
  dimensionsMax: 2,
  /** Splits combined to look for what moved a number. */
  partDimensionsMax: 3,
  periodDaysMax: 800,
  rowsMax: 20_000,
  /** A table that `explain` reads. */
  explainRowsMax: 5_000_000,
  explainAttributesMax: 12,
  textCharsMax: 2_000,
  statementTimeoutMs: 3_000,
  queriesAtOnceMax: 4,
  clickhouseConnectionsMax: 8,
  /** How much longer than the server's own limit the client waits, so that the server's answer is the one that counts. */
  clickhouseGraceMs: 2_000,
  /** A statement that makes roll-ups may take this long. */
  clickhouseRefreshTimeoutMs: 900_000,
  /** The longest that an insert takes from its `loaded_at` to the moment at which others see it. */
  clickhouseInsertMs: 900_000,
  /** Cells that were replaced stay for the questions that were compiled before. */
  clickhouseReplacedKeptSeconds: 600,
  /** In the background a date is made anew at most this often. */
  clickhouseRebuildPauseMs: 60_000,
  /** On ClickHouse it is noted this often that changes are looked for, and taken for true a little longer. */
  clickhouseLookNotedMs: 60_000,
  clickhouseFollowedMs: 90_000,
  clickhouseRollupEventsADayMin: 100_000,
  /** Rows that are made into cells at once, and in the background; and rows of clean dates that are made along with dirty ones. */
  clickhouseRollupBatchRowsMax: 20_000_000,
  clickhouseRollupStepRowsMax: 5_000_000,
  clickhouseRollupGapRowsMax: 1_000_000,
  /** Parts of a period that a question answered from roll-ups leaves to events. */
  rollupGapsMax: 6,
  /** A cuboid that has a cell for fewer events than this is not worth its room. */
  rollupEventsPerCellMin: 4,
  /** Events a day below which nothing is rolled up: the events themselves are as quick, and smaller. */
  rollupEventsADayMin: 10_000,
  /** Bytes of roll-ups for each byte of events. */
  rollupBudgetShare: 0.2,
  rollupHoursKeptDays: 45,
  /** A table is read whole for changes once this many times its last reading's length have passed. */
  rollupSweepPause: 20,
  /** Rows that one transaction of a refresh folds, unless a single day has more. */
  rollupBatchRowsMax: 1_000_000,
  /** The same in the background, so that changes are looked for in between. */
  rollupStepRowsMax: 250_000,
  /** A date that changes all the time is made anew once this many times its own length have passed. */
  rollupRebuildPause: 20,
  /** Changes of the facts are looked for this often. */
  rollupTickMs: 2_000,
  /** Changes were looked for within this time: the cells of a date that goes on are taken for all of it. */
  rollupFollowedSeconds: 10,
  /** A table into whose middle rows were written is taken for one of that kind for so long. */
  rollupWithinHours: 24,
  /** A shared answer is computed again after this, whatever the watermarks say; sooner where nobody follows the facts' changes. */
  cacheSecondsMax: 300,
  cacheSecondsUnfollowedMax: 5,
  /** Answers that are kept while nothing changes. */
  cacheBytesMax: 64_000_000,
  /** Buckets of one series. */
  bucketsMax: 5_000,
  /** Rows of one file in which anomalies are looked for. */
  detectRowsMax: 100_000,
  /** Values or ids that a refusal offers instead. */
  nearestMax: 3,
  /** Values of an open dimension that are looked at to find the nearest. */
  knownValuesMax: 2_000,
  /** A number on fewer cases is not shown … */
  cellMin: 10,
  /** … and on fewer than these is given with care. */
  fewBelow: 30,
  /** A lag curve is read from one mature week where so much happened in it (a share of it is then known within a point) … */
  lagWeekDays: 7,
  lagWeekHitsMin: 5_000,
  /** … else from so many mature days … */
  lagCohortDays: 60,
  /** … and the hits that it needs at least. */
  lagHitsMin: 50,
  /** A breach = fewer cases than this share decided in time, where a question names no other. */
  slaTargetShare: 0.95,
  /** Title of an entry of the change ledger. */
  titleCharsMax: 120,
  /** Entries of the ledger that one answer lists. */
  ledgerShownMax: 20,
  /** People and hours that a question may add. */
  addedPeopleMax: 1_000,
  addedHoursMax: 336,
  viewRowsMax: 20,
  /** A table that is complete only up to longer ago is late. */
  checkLateHoursMax: 3,
  /** Results of the data checks are spoken of until they are this old. */
  checkResultsHoursMax: 3,
  checksSaidMax: 3,
  /** Threads that draw pictures; at most one a core. */
  chartWorkersMax: 2,
  /** Rows of one transaction of `load` … */
  loadChunkRows: 50_000,
  /** … and of one page of a followed table. */
  followPageRows: 10_000,
  /** Days of history behind a judged day: half a year, so that last season's campaigns are in it. */
  scanHistoryDays: 182,
  /** An average over fewer rows than this, or than this share of the usual ones, is not judged. */
  scanAverageRowsMin: 10,
  scanAverageShareMin: 0.1,
  /** Days that one question for anomalies judges. */
  scanDaysMax: 62,
  /** Findings of a digest. */
  findingsMax: 5,
  /** A muted finding stays silent, an owned one stays its owner's, this long. */
  muteDays: 7,
  ownDays: 3,
  /** A posted number is held to what it has become for this long. */
  restateDays: 45,
} as const;
