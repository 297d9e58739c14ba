import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { eventsOf } from '../../../../backtest/data/columns-builder.ts';
import { createRecording } from '../../../../backtest/data/recording/create-recording.ts';
import { fileDisk } from '../../../../backtest/data/recording/disk.ts';
import { loadColumns, openingMarket, openRecording } from '../../../../backtest/data/recording/open-recording.ts';
import { openRecordingWriter } from '../../../../backtest/data/recording/recording-writer.ts';
import { followLog } from '../../../../src/cli/record/follow-log.ts';
import { FatalError, height, RejectedError, TransientError } from '../../../../src/core/index.ts';
import type { ChainPort } from '../../../../src/execution/ports/chain.ts';
import { evolve, type MarketState } from '../../../../src/market/index.ts';
import { FUZZ_TIMEOUT, fuzzParameters } from '../../../support/fuzz.ts';
import { createModelChain, type ModelChain } from '../../../support/model-chain.ts';
import { owner } from '../../../support/model-market.ts';
import { chainHead } from '../../../support/recorded-events.ts';
import { happen } from '../../service/follower/scene.ts';

const base = mkdtempSync(join(tmpdir(), 'wattmaker-follow-'));
afterAll(() => rmSync(base, { recursive: true }));
const DEPTH = 3;
let count = 0;

function newRecording(): string {
  count += 1;
  const folder = join(base, `recording-${count}`);
  createRecording(fileDisk, folder, chainHead);
  return folder;
}

/** One run of `wattmaker record --once`. */
const record = (folder: string, chain: ChainPort): Promise<number> =>
  followLog({
    chain,
    writer: openRecordingWriter(folder, { segmentEvents: 5 }),
    depth: DEPTH,
    everyMs: 1,
    once: true,
    stop: new AbortController().signal,
    say: () => {},
  });

function folded(folder: string): MarketState {
  const recording = openRecording(folder);
  return [...eventsOf(loadColumns(recording))].reduce(evolve, openingMarket(recording.manifest));
}

/** A chain whose first question about its log fails. */
function failingOnce({ port }: ModelChain, error: Error): ChainPort {
  let failed = false;
  return {
    ...port,
    logs(options) {
      if (failed) return port.logs(options);
      failed = true;
      return Promise.reject(error);
    },
  };
}

type Step =
  | { readonly kind: 'happen'; readonly events: number; readonly perBlock: number }
  | { readonly kind: 'fork'; readonly blocks: number }
  | { readonly kind: 'record' };

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant('happen' as const),
      events: fc.integer({ min: 1, max: 12 }),
      perBlock: fc.integer({ min: 1, max: 4 }),
    }),
    fc.record({ kind: fc.constant('fork' as const), blocks: fc.integer({ min: 1, max: DEPTH }) }),
    fc.constant({ kind: 'record' as const }),
  ),
  { minLength: 1, maxLength: 15 },
);

describe('following a log into a recording', () => {
  it(
    'property: after any reorgs within the depth, and however often it stopped, it holds what the chain holds',
    async () => {
      const property = fc.asyncProperty(steps, async (plan) => {
        const chain = createModelChain({ owner });
        const folder = newRecording();
        let highest = 0;
        let price = 100;
        for (const step of plan) {
          if (step.kind === 'record') {
            await record(folder, chain.port);
            expect(folded(folder)).toEqual(chain.state);
            highest = Math.max(highest, chain.height);
          } else if (step.kind === 'fork') {
            // A chain is never below the depth of what was final.
            chain.forkAt(height(Math.max(1, highest - DEPTH, chain.height - step.blocks)));
          } else {
            price += 50;
            happen(chain, step.events, { price, perBlock: step.perBlock });
          }
        }
        await record(folder, chain.port);
        expect(folded(folder)).toEqual(chain.state);
        rmSync(folder, { recursive: true });
      });
      await fc.assert(property, fuzzParameters('follow log', { runs: 25, seconds: 25 }));
    },
    FUZZ_TIMEOUT,
  );

  it.each([
    ['the chain gives no answer', new TransientError('no answer')],
    ['a reorg took the page away', new RejectedError('no event', { code: 'unknown-cursor' })],
  ])('behavior: tries again where %s', async (_, error) => {
    const chain = createModelChain({ owner });
    const folder = newRecording();
    happen(chain, 4);
    await record(folder, failingOnce(chain, error));
    expect(folded(folder)).toEqual(chain.state);
  });

  it('error: a reorg of what is sealed ends the recording', async () => {
    const chain = createModelChain({ owner });
    const folder = newRecording();
    happen(chain, 10);
    await record(folder, chain.port);
    expect(openRecording(folder).manifest.segments.length).toBeGreaterThan(0);
    chain.forkAt(height(3));
    happen(chain, 12, { price: 500 });
    await expect(record(folder, chain.port)).rejects.toThrow(FatalError);
    expect(openRecording(folder).events).toBe(10);
  });

  it('error: any other refusal', async () => {
    const chain = createModelChain({ owner });
    happen(chain, 1);
    const refusal = new RejectedError('no contract', { code: 'call-refused' });
    await expect(record(newRecording(), failingOnce(chain, refusal))).rejects.toThrow('no contract');
  });
});
