const grouped = new Intl.NumberFormat('en-US');

/** A whole number with its thousands apart. */
export const whole = (value: number): string => grouped.format(value);

/** A table whose first columns are text and whose other columns are figures. @param text How many of them. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], text = 1): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, index) => (index < text ? '---' : '---:'))), ...rows.map(line)].join('\n');
}
