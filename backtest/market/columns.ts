/** A typed array with room for at least `rows`; what it held is kept, and room doubles so that growing stays linear. */
export function grown<Column extends Uint8Array | Uint32Array | Float64Array>(column: Column, rows: number): Column {
  if (rows <= column.length) return column;
  const larger = new (column.constructor as new (length: number) => Column)(Math.max(rows, column.length * 2));
  larger.set(column as never);
  return larger;
}
