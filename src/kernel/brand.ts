declare const brand: unique symbol;

/** A primitive that carries its meaning: a bare `T` where a `Brand<T, Name>` is wanted does not compile. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** Id of a metric in the catalog, e.g. `overturn`. */
export type MetricId = Brand<string, "MetricId">;
/** Id of a dimension in the catalog, e.g. `market`. */
export type DimensionId = Brand<string, "DimensionId">;
/** IANA time zone, e.g. `Asia/Jakarta`. */
export type Zone = Brand<string, "Zone">;
/** Local calendar day, ISO: `2026-03-09`. */
export type Day = Brand<string, "Day">;
/** The name under which an answer can be replayed: `r-` and letters or digits. */
export type Receipt = Brand<string, "Receipt">;
