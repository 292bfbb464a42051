/** Looks into JSON whose shape another platform owns: what is not there reads as empty. */
export const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
export const at = (value: unknown, key: string): unknown => record(value)[key];
export const list = (value: unknown, key: string): readonly unknown[] => {
  const found = at(value, key);
  return Array.isArray(found) ? found : [];
};
export const text = (value: unknown, key: string): string => {
  const found = at(value, key);
  return typeof found === "string" || typeof found === "number" ? String(found) : "";
};
