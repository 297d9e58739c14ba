import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chainedDigest, digestOfDecided, fileDigest } from '../../backtest/replay/journal-turn.ts';
import { openRun, runsIn } from '../../backtest/replay/read-run.ts';
import { readRunHead } from '../../backtest/replay/run-head.ts';
import { filesUnder, findLeaks } from '../support/leaked-secrets.ts';
import { liveSecrets, liveService } from '../support/live-service.ts';
import { runCommand } from '../support/run-command.ts';

const folder = mkdtempSync(join(tmpdir(), 'wattmaker-replay-'));
let world: Awaited<ReturnType<typeof liveService>>;

/** A bot that trades, is stopped and started, and sees a reorg. */
beforeAll(async () => {
  world = await liveService(folder);
  const first = await world.start();
  for (const asked of [60, 75, 52, 66]) await first.block(asked);
  await first.idle();
  await first.stop();
  const second = await world.start();
  for (const asked of [58, 71]) await second.block(asked);
  await second.reorg(2);
  for (const asked of [49, 64]) await second.block(asked);
  await second.idle();
  await second.stop();
}, 120_000);
afterAll(async () => {
  await world?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const replay = async (path: string) => {
  const { code, out, err } = await runCommand(['replay', path, '--json']);
  return { code, err, json: out === '' ? null : JSON.parse(out) };
};

interface Line {
  turn: number;
  dayTotals?: { set: unknown[] };
  haltState?: string;
  decided?: { digest: string; decisions: { intent: { amount: number } }[]; allowed: unknown[]; benched: unknown[] };
}

/** A copy of the first run whose turns are changed; `rewritten`: with all digests made to fit. */
function tampered(name: string, change: (line: Line) => void, { rewritten = false } = {}): string {
  const [run = ''] = runsIn(world.recordings);
  const copy = join(folder, name);
  cpSync(run, copy, { recursive: true });
  const [file = ''] = readdirSync(join(copy, 'turns'));
  const path = join(copy, 'turns', file);
  let digest = fileDigest(readRunHead(copy).digest, `turns/${file}`);
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  const changed = lines.map((line) => {
    const value = JSON.parse(line.slice(33)) as Line;
    change(value);
    if (rewritten && value.decided !== undefined) {
      const { digest: _, ...decided } = value.decided;
      value.decided.digest = digestOfDecided(decided as never);
    }
    const text = JSON.stringify(value);
    digest = chainedDigest(digest, text);
    return `${rewritten ? digest : line.slice(0, 32)} ${text}\n`;
  });
  writeFileSync(path, changed.join(''));
  return copy;
}

const firstDecision = (change: (decided: NonNullable<Line['decided']>) => void) => {
  let done = false;
  return ({ decided }: Line): void => {
    if (done || decided === undefined) return;
    done = true;
    change(decided);
  };
};

describe('wattmaker replay', () => {
  it('behavior: a live run decides the same turn by turn, over a restart and a reorg', async () => {
    const { code, json, err } = await replay(world.recordings);
    expect(code, err).toBe(0);
    expect(json).toMatchObject({
      differing: 0,
      runs: [
        { changed: [], broken: null },
        { changed: [], broken: null },
      ],
    });
    expect(json.turns).toBeGreaterThan(9);
    expect(json.decisions).toBeGreaterThan(5);
    expect(world.logged.filter((line) => line.includes('recording'))).toEqual([]);

    const rewound = runsIn(world.recordings).map((run) =>
      [...openRun(run).turns()].flatMap(({ turn }) => turn.rewound?.removed ?? []),
    );
    expect(rewound[0]).toEqual([]);
    expect(rewound[1]?.length).toBeGreaterThan(0);
  });

  it('behavior: compares the real fills with those of every fill model', async () => {
    const { json } = await replay(world.recordings);
    expect(json.fills.map(({ model }: { model: string }) => model)).toEqual(['pessimistic', 'expected', 'optimistic']);
    for (const { real, simulated, matched, precisionPercent, recallPercent, profit, profitGap } of json.fills) {
      expect(real).toBeGreaterThan(3);
      expect(precisionPercent).toBe(simulated === 0 ? null : Math.round((1_000 * matched) / simulated) / 10);
      expect(recallPercent).toBe(Math.round((1_000 * matched) / real) / 10);
      expect(profitGap).toBe(profit.simulated - profit.real);
    }
    // In a block of its own nobody comes before the bot but Alice, who takes nothing.
    expect(json.fills[2].matched).toBeGreaterThan(0);
    const people = await runCommand(['replay', world.recordings]);
    expect(people.out).toMatch(/turns with \d+ decisions taken again in 2 runs: 0 differ/);
    expect(people.out).toMatch(/│ pessimistic │/);
  });

  it('error: a changed decision is found by its line and by what is decided now', async () => {
    const change = firstDecision((decided) => {
      (decided.decisions[0] as { intent: { amount: number } }).intent.amount += 1;
    });
    const { code, json, err } = await replay(tampered('decision', change));
    expect(code).toBe(1);
    expect(json.differing).toBe(1);
    const [{ what }] = json.runs[0].turns.differences;
    expect(what).toEqual([
      expect.stringMatching(/the journal was changed/),
      expect.stringMatching(/digest of the recorded decisions/),
      expect.stringMatching(/^decisions, number 1: recorded .*, replayed /),
    ]);
    expect(err).toMatch(/expected every turn to decide as it did, 1 of \d+ differ/);
  });

  it('error: so is one whose digests were all made to fit', async () => {
    const change = firstDecision((decided) => {
      (decided.decisions[0] as { intent: { amount: number } }).intent.amount += 1;
    });
    const { code, json } = await replay(tampered('fitting', change, { rewritten: true }));
    expect(code).toBe(1);
    expect(json.runs[0].turns.differences).toMatchObject([{ what: [expect.stringMatching(/^decisions, number 1/)] }]);
  });

  it('error: a changed input is found, whether it changes a decision or not', async () => {
    const harmless = tampered('harmless', (line) => {
      if (line.turn === 1) line.dayTotals = { set: [] };
    });
    expect(await replay(harmless)).toMatchObject({
      code: 1,
      json: { differing: 1, runs: [{ turns: { differences: [{ turn: 1 }] } }] },
    });
    const halted = tampered(
      'halted',
      (line) => {
        if (line.turn === 0) line.haltState = 'halted';
      },
      { rewritten: true },
    );
    const { code, json } = await replay(halted);
    expect(code).toBe(1);
    expect(json.differing).toBeGreaterThan(0);
  });

  it('error: a folder without a run says what it is', async () => {
    expect(await replay(join(folder, 'none'))).toMatchObject({
      code: 2,
      err: expect.stringMatching(/expected a recorded run in/),
    });
  });

  it('T9: no key is in a recording', async () => {
    const files = filesUnder(world.recordings);
    expect((await findLeaks(liveSecrets, files)).leaks).toEqual([]);
    expect((await findLeaks({ operator: world.operator }, files)).leaks.length).toBeGreaterThan(2);
  });
});
