import { describe, expect, it } from 'vitest';
import { auditStrategy } from '../../../../backtest/audit/audit-strategy.ts';
import { futureProbes } from '../../../../backtest/audit/future-probes.ts';
import { firstMove, type Trace } from '../../../../backtest/audit/trace.ts';
import { columnsOf, eventsOf } from '../../../../backtest/data/columns-builder.ts';
import type { EventColumns } from '../../../../backtest/data/event-columns.ts';
import { height } from '../../../../src/core/index.ts';
import { contractLog } from '../../../support/recorded-events.ts';

const columns = columnsOf(contractLog(60).map(({ event }) => event));
const heightsOf = (some: EventColumns): number[] => [...new Set(some.height.subarray(0, some.length))];

/** A player whose decisions at a height are what `decide` says of the rows up to an index and of all rows. */
const player =
  (decide: (past: number, all: EventColumns) => unknown) =>
  (some: EventColumns): Trace =>
    heightsOf(some).map((at, turn) => {
      const past = some.height.subarray(0, some.length).findLastIndex((value) => value <= at);
      return { turn, height: height(at), decided: JSON.stringify(decide(past, some)), benched: null };
    });

const audit = (play: (some: EventColumns) => Trace, playShifted = play) =>
  auditStrategy({ play, playShifted }, columns, { seed: 5, points: 3 });
const probesOf = ({ findings }: ReturnType<typeof audit>): string[] => [...new Set(findings.map(({ probe }) => probe))];

describe('the probes of the future', () => {
  const probes = futureProbes(columns, { seed: 5, points: 3 });

  it('behavior: leave every event up to their height as it was, and change what comes after', () => {
    expect(probes.map(({ name }) => name)).toEqual(Array(3).fill(['cut', 'shuffled', 'perturbed']).flat());
    expect(new Set(probes.map(({ through }) => through)).size).toBe(3);
    const whole = [...eventsOf(columns)];
    for (const { name, through, columns: changed } of probes) {
      const other = [...eventsOf(changed())];
      const isPast = ({ height: at }: (typeof whole)[number]): boolean => at <= through;
      expect(other.filter(isPast), name).toEqual(whole.filter(isPast));
      expect(other, name).not.toEqual(whole);
      expect(other.length).toBe(name === 'cut' ? whole.filter(isPast).length : whole.length);
    }
  });

  it('default: the same seed gives the same probes', () => {
    const texts = [5, 5, 6].map((seed) =>
      JSON.stringify(
        futureProbes(columns, { seed, points: 3 }).map(({ through, columns: changed }) => [
          through,
          [...changed().amount.subarray(0, 80)],
        ]),
      ),
    );
    expect(texts[0]).toBe(texts[1]);
    expect(texts[0]).not.toBe(texts[2]);
  });

  it('error: two blocks have no middle', () => {
    const short = columnsOf(contractLog(1).map(({ event }) => event));
    expect(() => futureProbes(short, { seed: 1, points: 1 })).toThrow(/expected a recording of three blocks/);
  });
});

describe('an audit', () => {
  it('behavior: finds nothing in decisions that go by the past', () => {
    const { findings, probes, base } = audit(player((past, all) => [all.amount[past], all.price[past]]));
    expect(findings).toEqual([]);
    expect(probes).toBe(2 + 9);
    expect(base.length).toBeGreaterThan(20);
  });

  it('behavior: a look at the next block is found by every probe of the future', () => {
    const peek = player((past, all) => all.price[past + 1] ?? null);
    expect(probesOf(audit(peek))).toEqual(['cut', 'shuffled', 'perturbed']);
  });

  it('behavior: so is one at the end, from the first turn on', () => {
    const { findings } = audit(player((_, all) => all.length));
    expect(findings.map(({ probe }) => probe)).toEqual(['cut', 'cut', 'cut']);
    expect(findings[0]?.move).toMatchObject({ turn: 0, before: String(columns.length) });
  });

  it('behavior: state that is kept from run to run is found by playing once more', () => {
    let runs = 0;
    const kept = audit((some) => {
      runs += 1;
      return player(() => (runs > 1 ? 'again' : 'first'))(some);
    });
    expect(kept.findings[0]).toMatchObject({ probe: 'again', move: { turn: 0, before: '"first"', after: '"again"' } });
  });

  it('behavior: the clock is found by another one', () => {
    const honest = player((past) => past);
    const moved = audit(
      honest,
      player((past) => past + 1),
    );
    expect(probesOf(moved)).toEqual(['shifted']);
  });

  it('error: a turn that is missing is no equal one', () => {
    const base = player((past) => past)(columns);
    expect(() => firstMove(base, base.slice(0, 5), height(1_000))).toThrow(/expected turn 5 at height/);
  });
});
