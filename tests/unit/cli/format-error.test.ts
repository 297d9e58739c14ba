import { CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { exitCodeOf, formatError } from '../../../src/cli/format-error.ts';
import { ConfigError, RejectedError, TransientError } from '../../../src/core/index.ts';

describe('formatError', () => {
  it('is one line, then the hints, then one line a cause', () => {
    const error = new ConfigError('expected a node, was none', {
      hints: ['Start one.', 'Or name one.'],
      cause: new TypeError('fetch failed', { cause: new Error('connect\nECONNREFUSED') }),
    });
    expect(formatError(error, {})).toBe(
      [
        'error: expected a node, was none',
        '  hint: Start one.',
        '  hint: Or name one.',
        '  cause: fetch failed',
        '  cause: connect ECONNREFUSED',
      ].join('\n'),
    );
  });

  it('shows a stack only where WATTMAKER_DEBUG asks for it', () => {
    const error = new TransientError('expected an answer');
    expect(formatError(error, {})).toBe('error: expected an answer');
    expect(formatError(error, { WATTMAKER_DEBUG: '1' })).toContain('format-error.test.ts');
  });

  it('keeps schema failures to a readable line', () => {
    const failure = z.strictObject({ port: z.int() }).safeParse({ port: 'x' }).error;
    expect(formatError(failure, {})).toMatch(/^error: .*expected number.* at port$/);
  });

  it('takes whatever was thrown, and ends with a chain of causes that bites its tail', () => {
    expect(formatError('plain text', {})).toBe('error: plain text');
    expect(formatError(new AggregateError([new Error('first'), new Error('second')]), {})).toBe(
      'error: 2 attempts failed\n  cause: first',
    );
    const ring = new Error('ring');
    ring.cause = ring;
    expect(formatError(ring, {}).split('\n')).toHaveLength(11);
    expect(formatError(new Error('x'.repeat(5000)), {}).length).toBeLessThan(500);
  });

  it('gives the exit code of what a person should do next', () => {
    expect(exitCodeOf(new ConfigError('x'))).toBe(2);
    expect(exitCodeOf(new RejectedError('x', { code: 'y' }))).toBe(1);
    expect(exitCodeOf(new Error('x'))).toBe(1);
    expect(exitCodeOf(new CommanderError(1, 'commander.unknownOption', 'x'))).toBe(2);
    expect(exitCodeOf(new CommanderError(0, 'commander.helpDisplayed', 'x'))).toBe(0);
  });
});
