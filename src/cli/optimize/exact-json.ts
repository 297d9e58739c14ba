/** JSON that brings bigints back as bigints: `{"$bigint": "12"}`. */
export const toExactJson = (value: unknown): string =>
  JSON.stringify(value, (_, item: unknown) => (typeof item === 'bigint' ? { $bigint: item.toString() } : item));

/** What `toExactJson` wrote. @throws SyntaxError for anything else. */
export const fromExactJson = (text: string): unknown =>
  JSON.parse(text, (_, item: unknown) =>
    typeof item === 'object' && item !== null && '$bigint' in item ? BigInt(String(item.$bigint)) : item,
  );
