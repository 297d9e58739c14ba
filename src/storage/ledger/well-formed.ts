/**
 * Text of others, such as a server's reply or a strategy's reason, for JSON that Postgres reads: half a surrogate pair, which
 * a text that was cut ends with, it refuses there; U+FFFD takes its place.
 */
export const wellFormed = (text: string): string => Buffer.from(text).toString();
