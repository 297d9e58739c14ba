/** Structured, leveled messages: fields first, then one line for people, as pino takes them. Never a key or a seed. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
