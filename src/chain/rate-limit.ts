/** Where a rate-limited server names no time, it is left alone for so long. */
const DEFAULT_PAUSE_MS = 1_000;
/** Values of `…-reset` headers above this are Unix times in seconds, below it seconds from now. */
const UNIX_TIME_FLOOR = 1_000_000_000;

/**
 * How long a rate-limited server asks to be left alone, in milliseconds from `now`: `retry-after` (seconds or a date),
 * else the reset time of the `ratelimit-*` headers.
 */
export function pauseAskedFor(headers: Headers, now: number): number {
  return (
    fromRetryAfter(headers.get('retry-after'), now) ??
    fromReset(headers.get('ratelimit-reset') ?? headers.get('x-ratelimit-reset'), now) ??
    DEFAULT_PAUSE_MS
  );
}

function fromRetryAfter(value: string | null, now: number): number | null {
  if (value === null) return null;
  const seconds = Number(value);
  if (value.trim() !== '' && Number.isFinite(seconds)) return Math.max(0, Math.ceil(seconds * 1000));
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

function fromReset(value: string | null, now: number): number | null {
  if (value === null || value.trim() === '') return null;
  const seconds = Number(value);
  if (!Number.isFinite(seconds)) return null;
  return Math.max(0, Math.ceil(seconds > UNIX_TIME_FLOOR ? seconds * 1000 - now : seconds * 1000));
}
