import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FatalError, height, TransientError } from '../../../../src/core/index.ts';
import type { ConfirmReport, Execution, QueueWorker } from '../../../../src/execution/index.ts';
import { createTenure } from '../../../../src/service/bot/tenure.ts';
import { collectingLog } from '../../../support/collecting-log.ts';

const report: ConfirmReport = { tip: height(1), confirmed: [], cancelled: [], reorged: [], superseded: [] };

/** The lanes as the ledger has them: `holder` says who may take them, and losing them is told as a renewal tells it. */
function scene() {
  const lanes: { free: boolean; failing: Error | null; tellLoss: () => void } = {
    free: true,
    failing: null,
    tellLoss: () => {},
  };
  const said: string[] = [];
  const execution = {
    async recover() {
      if (lanes.failing !== null) throw lanes.failing;
      return lanes.free ? report : null;
    },
    onLost(listener: () => void) {
      lanes.tellLoss = listener;
    },
  } as Partial<Execution> as Execution;
  let onBegin = async (): Promise<void> => {};
  const begin = async (): Promise<QueueWorker> => {
    await onBegin();
    said.push('begins');
    return {
      async stop() {
        said.push('ends');
        return 0;
      },
    };
  };
  const tenure = createTenure(
    { execution, log: collectingLog() },
    {
      begin,
      onStandby: () => said.push('stands by'),
      onFailure: (error) => said.push((error as Error).message),
    },
  );
  return {
    tenure,
    lanes,
    said,
    whileBeginning(work: () => Promise<void>) {
      onBegin = work;
    },
  };
}

describe('the tenure of lanes', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('default: begins the work where the lanes are free, and ends it', async () => {
    const { tenure, said } = scene();
    await tenure.start();
    expect(tenure.isStandby()).toBe(false);
    await tenure.end({ deadlineMs: 0 });
    expect(said).toEqual(['begins', 'ends']);
  });

  it('behavior: stands by until the lanes are free, and says so once', async () => {
    const { tenure, lanes, said } = scene();
    lanes.free = false;
    await tenure.start();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(tenure.isStandby()).toBe(true);
    lanes.free = true;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(tenure.isStandby()).toBe(false);
    expect(said).toEqual(['stands by', 'begins']);
  });

  it('behavior: lanes that are lost end the work although no work of it finds out, and no command is taken from then on', async () => {
    const { tenure, lanes, said } = scene();
    await tenure.start();
    lanes.free = false;
    lanes.tellLoss();
    expect(tenure.isStandby()).toBe(true);
    // A job of the work may find out as well.
    tenure.stepDown();
    await vi.advanceTimersByTimeAsync(0);
    expect(said).toEqual(['begins', 'ends', 'stands by']);
    lanes.free = true;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(said.at(-1)).toBe('begins');
  });

  it('behavior: lanes that are lost while the work begins end it as soon as it has', async () => {
    const { tenure, lanes, said, whileBeginning } = scene();
    whileBeginning(async () => {
      lanes.free = false;
      lanes.tellLoss();
    });
    await tenure.start();
    await vi.advanceTimersByTimeAsync(0);
    expect(said).toEqual(['begins', 'ends', 'stands by']);
    expect(tenure.isStandby()).toBe(true);
  });

  it('behavior: an end that is asked for while the work begins ends that too', async () => {
    const { tenure, said, whileBeginning } = scene();
    whileBeginning(() => tenure.end({ deadlineMs: 0 }));
    await tenure.start();
    expect(said).toEqual(['begins', 'ends']);
  });

  it('error: what may pass is tried again, anything else ends the bot', async () => {
    const { tenure, lanes, said } = scene();
    lanes.free = false;
    await tenure.start();
    lanes.failing = new TransientError('away');
    await vi.advanceTimersByTimeAsync(3_000);
    expect(said).toEqual(['stands by']);
    lanes.failing = new FatalError('broken');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(said).toEqual(['stands by', 'broken']);
  });
});
