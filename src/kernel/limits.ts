/** Every limit of the house, with its unit in its name. */
export const limits = {
  /** A delivery whose handler died may be taken again after this. */
  deliveryLeaseSeconds: 60,
  deliveriesKeptHours: 48,
  dimensionsMax: 2,
  periodDaysMax: 800,
  rowsMax: 20_000,
  textCharsMax: 2_000,
  statementTimeoutMs: 3_000,
  queriesAtOnceMax: 4,
  clickhouseConnectionsMax: 8,
  /** How much longer than the server's own limit the client waits, so that the server's answer is the one that counts. */
  clickhouseGraceMs: 2_000,
  /** Buckets of one series. */
  bucketsMax: 5_000,
  /** Values or ids that a refusal offers instead. */
  nearestMax: 3,
  /** Values of an open dimension that are looked at to find the nearest. */
  knownValuesMax: 2_000,
  /** A number on fewer cases is not shown … */
  cellMin: 10,
  /** … and on fewer than these is given with care. */
  fewBelow: 30,
  /** Mature days behind a lag curve … */
  lagCohortDays: 60,
  /** … and the hits that it needs at least. */
  lagHitsMin: 50,
  viewRowsMax: 20,
  /** Threads that draw pictures; at most one a core. */
  chartWorkersMax: 2,
  /** Rows of one transaction of `load` … */
  loadChunkRows: 50_000,
  /** … and of one page of a followed table. */
  followPageRows: 10_000,
} as const;
