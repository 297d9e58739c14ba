import { CommanderError } from 'commander';
import { ZodError, z } from 'zod';
import { BaseError, ConfigError } from '../core/index.ts';

const MAX_LINE = 400;

/**
 * An error as people should read it: what happened, the hints, then one line a cause. Never a stack, unless
 * `WATTMAKER_DEBUG` is set.
 */
export function formatError(
  error: unknown,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string {
  const lines = [`error: ${messageOf(error)}`];
  if (error instanceof BaseError) lines.push(...error.hints.map((hint) => `  hint: ${oneLine(hint)}`));
  lines.push(...causesOf(error).map((cause) => `  cause: ${messageOf(cause)}`));
  if (environment.WATTMAKER_DEBUG && error instanceof Error && error.stack) lines.push(error.stack);
  return lines.join('\n');
}

/** 2 when a person must change a setting or an argument first, else 1; 0 for `--help` and `--version`. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  return error instanceof ConfigError ? 2 : 1;
}

function causesOf(error: unknown): unknown[] {
  const causes: unknown[] = [];
  for (let next = causeOf(error); next !== undefined && causes.length < 10; next = causeOf(next)) causes.push(next);
  return causes;
}

function causeOf(error: unknown): unknown {
  if (error instanceof AggregateError && error.cause === undefined) return error.errors[0];
  return error instanceof Error ? error.cause : undefined;
}

function messageOf(error: unknown): string {
  if (error instanceof ZodError) return oneLine(z.prettifyError(error));
  if (error instanceof AggregateError && error.message === '') return `${error.errors.length} attempts failed`;
  return oneLine(error instanceof Error ? error.message || error.name : String(error));
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= MAX_LINE ? line : `${line.slice(0, MAX_LINE)}…`;
}
