export interface ErrorDetails {
  readonly cause?: unknown;
  /** What a person can do about it, one sentence each. */
  readonly hints?: readonly string[];
}

/**
 * The root of all errors that cross a folder. Its subclasses say what the bot does next, not what went wrong.
 * A message quotes the offending value and never a secret.
 */
export abstract class BaseError extends Error {
  readonly hints: readonly string[];

  constructor(message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.hints = details.hints ?? [];
  }
}

/** The bot stops: what it would do next could cost money. */
export class FatalError extends BaseError {}

/** Data that cannot be true: a broken invariant, a lying server, a damaged store. The bot stops rather than trade on it. */
export class CorruptionError extends FatalError {}

/** The bot refuses to start, or a command to run, until a person has changed a setting or an argument. */
export class ConfigError extends BaseError {}

/** The same request may succeed later; the caller backs off and tries again. Nothing is known about its effect. */
export class TransientError extends BaseError {
  /** The earliest time to try again, in milliseconds from now, when the other side named one. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, details: ErrorDetails & { readonly retryAfterMs?: number } = {}) {
    super(message, details);
    this.retryAfterMs = details.retryAfterMs;
  }
}

/** The other side understood and refused; the same request will be refused again. */
export class RejectedError extends BaseError {
  /** The refusing side's own code, for example a broadcast reason or a contract error name. */
  readonly code: string;

  constructor(message: string, details: ErrorDetails & { readonly code: string }) {
    super(message, details);
    this.code = details.code;
  }
}

/** Another process writes on the lane now: nothing was changed, and this one stops until it has the lane again. */
export class LostLaneError extends BaseError {}

/** A strategy misbehaved; it is benched and the bot goes on. */
export class StrategyError extends BaseError {
  readonly strategy: string;

  constructor(message: string, details: ErrorDetails & { readonly strategy: string }) {
    super(message, details);
    this.strategy = details.strategy;
  }
}

/** Reaching this is a defect: the compiler holds that `value` has no further case. */
export function unreachable(value: never, what: string): never {
  throw new CorruptionError(`expected a known ${what}, was ${JSON.stringify(value)}`);
}
