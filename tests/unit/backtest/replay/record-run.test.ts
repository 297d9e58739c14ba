import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { checkRecording } from '../../../../backtest/data/recording/check-recording.ts';
import { type Disk, fileDisk } from '../../../../backtest/data/recording/disk.ts';
import { openRun, type ReadTurn, runsIn } from '../../../../backtest/replay/read-run.ts';
import { replayTurns } from '../../../../backtest/replay/replay-turns.ts';
import { microStx } from '../../../../src/core/index.ts';
import { loadStrategy } from '../../../../src/trading/host/index.ts';
import type { Strategy } from '../../../../src/trading/index.ts';
import { crashingDisk } from '../../../support/crashing-disk.ts';
import { bob } from '../../../support/model-market.ts';
import { type RunSceneOptions, runScene } from '../../../support/recorded-run.ts';
import { testPrincipal } from '../../../support/test-principal.ts';

const base = mkdtempSync(join(tmpdir(), 'wattmaker-runs-'));
afterAll(() => rmSync(base, { recursive: true }));

const newFolder = (): string => join(mkdtempSync(join(base, 'run-')), 'recordings');
const scene = (options: Partial<RunSceneOptions> = {}) => {
  const folder = options.folder ?? newFolder();
  return { folder, ...runScene({ ...options, folder }) };
};

const strategies = async (): Promise<ReadonlyMap<string, Strategy<never>>> =>
  new Map([['bargain-buyer', await loadStrategy('bargain-buyer', '.')]]);
const turnsOf = (folder: string): ReadTurn[] => runsIn(folder).flatMap((run) => [...openRun(run).turns()]);
const filesOfTurns = (run: string): string[] => readdirSync(join(run, 'turns')).map((name) => join(run, 'turns', name));
const differing = async (folder: string): Promise<number[]> => {
  const known = await strategies();
  return runsIn(folder).map((run) => replayTurns(openRun(run), known).differing);
};

describe('the recording of a live run', () => {
  it('behavior: is a recording of the events, and the turns beside it, with all that they went by', async () => {
    const { folder, begin, block, idle, recorder } = scene();
    begin();
    const first = block(60);
    idle({ haltState: 'halted' });
    block(61, { dayTotals: [{ account: bob, spent: microStx(600), fees: microStx(300) }] });
    recorder.close();

    expect(first.allowed).toHaveLength(1);
    const [run = ''] = runsIn(folder);
    expect(run).toMatch(/20260601T000000Z-r1$/);
    const opened = openRun(run);
    expect(opened.head).toMatchObject({
      wattmaker: 'test',
      settings: { run: 'r1', seed: 7, accounts: [{ principal: bob, strategy: 'bargain-buyer' }] },
      strategies: [{ reference: 'bargain-buyer', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }],
      sending: { validityBlocks: 10 },
    });
    expect(opened.broken).toBeNull();
    const turns = [...opened.turns()].map(({ turn }) => turn);
    expect(turns.map(({ request }) => request.turn)).toEqual([0, 1, 2, 3]);
    expect(turns.map(({ request }) => request.haltState)).toEqual(['active', 'active', 'halted', 'active']);
    expect(turns.map(({ request }) => request.dayTotals[0]?.spent)).toEqual([0, 0, 0, 600]);
    expect(turns[1]?.decided).toMatchObject({ decisions: first.decisions, allowed: [{ id: first.allowed[0]?.id }] });
    expect(turns.every(({ request }) => request.lanes[0]?.entriesLeft === 2_000)).toBe(true);

    const { problems, events } = checkRecording({ beginFold: () => () => {} }, opened.recording);
    expect(problems).toEqual([]);
    expect(events).toBe((turns.at(-1)?.sequence ?? 0) - (turns[0]?.sequence ?? 0));
    expect(await differing(folder)).toEqual([0]);
  });

  it('behavior: what a reorg took away stays visible, and is what is replayed', async () => {
    const { folder, begin, block, idle, reorg } = scene();
    begin();
    for (const asked of [60, 90, 55]) block(asked);
    expect(reorg(2, 58).decisions.length).toBeGreaterThan(0);
    block(57);
    reorg(1, 54);
    idle();
    block(56);
    const turns = turnsOf(folder).map(({ turn }) => turn);
    expect(turns.map(({ rewound }) => rewound?.removed.length ?? null)).toEqual([
      ...[null, null, null, null],
      expect.any(Number),
      null,
      expect.any(Number),
      null,
      null,
    ]);
    expect(turns[4]?.rewound?.removed.length).toBeGreaterThan(1);
    expect(await differing(folder)).toEqual([0]);
  });

  it('behavior: whenever the bot reads the market anew, another recording begins', async () => {
    const { folder, begin, block, pass } = scene();
    begin();
    block(60);
    pass(1_000);
    begin();
    block(61);
    begin();
    expect(runsIn(folder)).toHaveLength(3);
    expect(turnsOf(folder).map(({ turn }) => turn.request.turn)).toEqual([0, 1, 2, 3, 4]);
    expect(await differing(folder)).toEqual([0, 0, 0]);
  });

  it('behavior: a turn in which nothing is new takes less than 150 bytes, whatever the market holds', () => {
    const { folder, begin, block, idle } = scene();
    begin();
    for (let asked = 95; asked < 105; asked += 1) block(asked);
    idle();
    const [file = ''] = filesOfTurns(runsIn(folder)[0] ?? '');
    const before = statSync(file).size;
    for (let turn = 0; turn < 20; turn += 1) idle();
    expect((statSync(file).size - before) / 20).toBeLessThan(150);
  });

  it('behavior: of many accounts a line has those of which something changed', () => {
    const { folder, begin, idle } = scene();
    begin();
    const others = Array.from({ length: 500 }, (_, index) => testPrincipal(1_000 + index));
    const totals = (spent: number, accounts = others) =>
      accounts.map((account, index) => ({ account, spent: microStx(index === 7 ? spent : 0), fees: microStx(0) }));
    idle({ dayTotals: totals(0) });
    const [file = ''] = filesOfTurns(runsIn(folder)[0] ?? '');
    const before = statSync(file).size;
    idle({ dayTotals: totals(900) });
    idle({ dayTotals: totals(900, others.slice(0, 400)) });
    const [, , other, fewer] = turnsOf(folder).map(({ turn }) => turn.request.dayTotals);
    expect(other).toEqual(totals(900));
    expect(fewer).toEqual(totals(900, others.slice(0, 400)));
    expect(statSync(file).size - before).toBeLessThan(250 + 100 * 50);
  });

  it.each([false, true])('behavior: ended in any write, torn %s, it holds what came before', async (torn) => {
    const known = await strategies();
    let turns = 0;
    for (let operations = 0; ; operations += 1) {
      const { folder, begin, block, reorg, recorder, warnings } = scene({
        deps: { disk: crashingDisk(operations, { torn }) },
      });
      begin();
      block(60);
      block(62);
      reorg(1, 58);
      recorder.close();
      const ended = warnings.length > 0;
      const runs = existsSync(folder)
        ? readdirSync(folder).filter((name) => existsSync(join(folder, name, 'run.json')))
        : [];
      turns = 0;
      for (const name of runs) {
        const again = replayTurns(openRun(join(folder, name)), known);
        expect([operations, again.differences]).toEqual([operations, []]);
        turns += again.turns;
      }
      if (!ended) break;
    }
    expect(turns).toBe(4);
  });

  it('behavior: a line that was not written to its end does not count', async () => {
    const { folder, begin, block } = scene();
    begin();
    block(60);
    const [file = ''] = filesOfTurns(runsIn(folder)[0] ?? '');
    appendFileSync(file, 'abcdef {"turn":2,');
    expect(turnsOf(folder)).toHaveLength(2);
    expect(await differing(folder)).toEqual([0]);
  });

  it('error: a line in the middle that is none is damage', () => {
    const { folder, begin } = scene();
    begin();
    const [file = ''] = filesOfTurns(runsIn(folder)[0] ?? '');
    appendFileSync(file, 'nonsense\n');
    expect(() => turnsOf(folder)).toThrow(/expected a turn in line 2 of .*0000000000\.jsonl, is damaged/);
  });

  it('error: a folder without a run says so', () => {
    expect(() => runsIn(base)).toThrow(/expected a recorded run in ".*", was none/);
  });
});

describe('a disk that fails', () => {
  /** Refuses everything while it is full. */
  const fillable = () => {
    const state = { full: false };
    const step = (work: () => void): void => {
      if (state.full) throw new Error('ENOSPC: no space left on device, write');
      work();
    };
    const disk: Disk = {
      makeFolder: (path) => step(() => fileDisk.makeFolder(path)),
      append: (path, bytes) => step(() => fileDisk.append(path, bytes)),
      truncate: (path, length) => step(() => fileDisk.truncate(path, length)),
      write: (path, bytes) => step(() => fileDisk.write(path, bytes)),
      rename: (from, to) => step(() => fileDisk.rename(from, to)),
      remove: (path) => step(() => fileDisk.remove(path)),
    };
    return { disk, state };
  };

  it('behavior: stops no turn, is told of once, and the next reading of the market begins another recording', async () => {
    const { disk, state } = fillable();
    const { folder, begin, block, warnings, recorder } = scene({ deps: { disk } });
    begin();
    block(60);
    state.full = true;
    expect(block(61).turn).toBe(2);
    block(62);
    expect(warnings).toEqual([
      expect.stringMatching(
        /^the recording of this run ends in 20260601T000000Z-r1, at turn 2: ENOSPC.*; trading goes on$/,
      ),
      expect.stringMatching(/cannot be marked as broken: ENOSPC/),
    ]);
    state.full = false;
    block(63);
    begin();
    block(64);
    recorder.close();
    expect(turnsOf(folder).map(({ turn }) => turn.request.turn)).toEqual([0, 1, 5, 6]);
    expect(await differing(folder)).toEqual([0, 0]);
    expect(warnings).toHaveLength(2);
  });

  it('behavior: one that only sometimes fails leaves a mark where the recording ends', () => {
    const { disk, state } = fillable();
    const broken: Disk = { ...disk, write: fileDisk.write };
    const { folder, begin, block } = scene({ deps: { disk: broken } });
    begin();
    state.full = true;
    block(60);
    const [run = ''] = runsIn(folder);
    expect(openRun(run).broken).toMatch(/"what":"at turn 1","reason":"ENOSPC/);
  });

  it('behavior: where not even the first file can be made, the bot trades without a recording', () => {
    const { disk, state } = fillable();
    state.full = true;
    const { folder, begin, block, warnings } = scene({ deps: { disk } });
    begin();
    block(60);
    expect(existsSync(folder)).toBe(false);
    expect(warnings).toEqual([expect.stringMatching(/does not begin, at turn 0: ENOSPC/)]);
  });
});

describe('what is kept', () => {
  it('behavior: runs go by age, the one that goes on does not', () => {
    const folder = newFolder();
    const old = scene({ folder, deps: { now: () => Date.UTC(2020, 0, 1) } });
    old.begin();
    const late = scene({ folder, place: { days: 1 }, deps: { now: () => Date.now() + 3 * 24 * 60 * 60 * 1000 } });
    late.begin();
    late.block(60);
    expect(runsIn(folder)).toHaveLength(1);
    expect(turnsOf(folder)).toHaveLength(2);
  });

  it('behavior: of too much the oldest runs go, then the oldest turns of the one that goes on, which still replays', async () => {
    const folder = newFolder();
    const old = scene({ folder });
    old.begin();
    const small = { folder, place: { maxMiB: 0.004, turnsAFile: 5 } };
    const late = scene({ ...small, deps: { now: () => Date.UTC(2027, 0, 1) } });
    late.begin();
    for (let asked = 50; asked < 70; asked += 1) late.block(asked);
    const [run = '', ...others] = runsIn(folder);
    expect(others).toEqual([]);
    expect(run).toMatch(/2027/);
    const names = readdirSync(join(run, 'turns'));
    expect(names.length).toBeLessThan(4);
    expect(names[0]).not.toBe('0000000000.jsonl');
    expect(await differing(folder)).toEqual([0]);
    expect(readFileSync(join(run, 'turns', names[0] ?? ''), 'utf8')).toContain('"lanes"');
  });
});
