/** The time of day, injected so that the same code runs live, in tests and in a backtest. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
}
