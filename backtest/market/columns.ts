/**
 * A typed array with room for at least `rows`; what it held is kept. Room grows by half, so that growing stays linear and
 * little is left over.
 */
export function grown<Column extends Uint8Array | Uint32Array | Float64Array>(column: Column, rows: number): Column {
  if (rows <= column.length) return column;
  const larger = new (column.constructor as new (length: number) => Column)(
    Math.max(rows, Math.ceil(column.length * 1.5)),
  );
  larger.set(column as never);
  return larger;
}
