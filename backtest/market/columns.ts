/**
 * A typed array with room for at least `rows`; what it held is kept. A large one grows fourfold: what is copied stays a third
 * of what is held, and the system gives no memory for room that nothing was written to.
 */
export function grown<Column extends Uint8Array | Uint32Array | Float64Array>(column: Column, rows: number): Column {
  if (rows <= column.length) return column;
  const larger = new (column.constructor as new (length: number) => Column)(
    Math.max(rows, Math.ceil(column.length * 4)),
  );
  larger.set(column as never);
  return larger;
}
