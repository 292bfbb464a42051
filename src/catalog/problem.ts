import type { Location } from "./catalog.ts";
import type { CatalogFile } from "./schema.ts";

/** What is wrong with a catalog file, and where; `instead` says what to write. */
export interface CatalogProblem extends Location {
  readonly column: number;
  /** `metrics.overturn.measure.fact`. */
  readonly path: string;
  readonly message: string;
  readonly instead: string;
}
export type Path = readonly (string | number)[];

/** A read file: its content and where each of its entries stands. */
export interface ReadFile {
  readonly content: CatalogFile;
  readonly locate: (path: Path) => Location & { readonly column: number };
}
