import fc from 'fast-check';
import { expect } from 'vitest';
import type { GridEvent } from '../../../src/contract/index.ts';
import type { Principal } from '../../../src/core/index.ts';
import type { MarketState } from '../../../src/market/index.ts';
import type { Act, Move, Scene } from '../move.ts';
import { MAX } from '../moves/draw.ts';
import { energyOf, fundsOf } from '../moves/offers.ts';
import type { Answer, Played } from '../stage.ts';
import { schemes } from './gang.ts';
import { boundOf, type LossOptions, lossesByGrant } from './loss.ts';
import { lives, opening, victims } from './victims.ts';

/** What the energy is worth throughout, in µSTX per Wh. */
const FAIR = 100n;

/** Where a plot is played: the model alone, or the contract beside it. */
export interface World {
  readonly scene: Scene & { readonly played: readonly Played[] };
  act(act: Act): Answer;
}

/** One drawn move of a plot with its dice. */
export interface Step {
  readonly move: Move;
  readonly dice: unknown;
}

const step = fc.oneof(
  ...[...schemes, ...lives].map((move) => ({
    weight: move.weight ?? 1,
    arbitrary: move.dice.map((dice): Step & { toString(): string } => ({
      move,
      dice,
      toString: () => `${move.name} ${fc.stringify(dice)}`,
    })),
  })),
);

/** Up to so many steps of gang and victims. */
export const steps = (maxLength: number): fc.Arbitrary<Step[]> => fc.array(step, { maxLength, size: 'max' });

/** What a plot came to. */
export interface Outcome {
  /** Answers to the gang's and the victims' calls, entries of batches among them. */
  readonly answers: readonly string[];
  /** The highest share of its bound that a grant's loss reached, 0 to 1; display only. */
  readonly reached: number;
}

/** Plays a plot, then holds every victim's account and losses to what is promised, and lets the victims leave. */
export function play(world: World, drawn: readonly Step[], attested: boolean): Outcome {
  for (const act of opening(world.scene, attested)) expect(world.act(act).outcome).toBe('ok');
  const opened = world.scene.played.length;
  for (const { move, dice } of drawn) {
    for (const act of move.bind(world.scene, dice) ?? []) world.act(act);
  }
  const plotted = world.scene.played.slice(opened);
  const reached = victims.map((prosumer) => holdToPromise(world, { prosumer, fair: FAIR, attested }));
  for (const victim of victims) leave(world, victim);
  return {
    answers: plotted.flatMap(({ answer }) => [answer.outcome, ...answer.entries]),
    reached: Math.max(...reached),
  };
}

/** A prosumer's account is what its own acts and its trades make it, and no grant costs more than its bound. */
function holdToPromise({ scene }: World, options: LossOptions): number {
  const { prosumer } = options;
  const events = scene.played.flatMap((call) => call.events);
  expect(accountOf(scene.state, prosumer), 'nothing but trades and its own acts move an account').toEqual(
    accountBy(events, prosumer),
  );
  for (const { caller, events: printed } of scene.played) {
    for (const event of printed) {
      if (event.topic !== 'funds-withdrawn' && event.topic !== 'delegation-granted') continue;
      if (event.prosumer === prosumer) expect(caller, 'only the prosumer withdraws and grants').toBe(prosumer);
    }
  }
  const shares = lossesByGrant(events, options).map((loss) => {
    const bound = boundOf(loss, options);
    expect(loss.buying <= bound.buying, `lost ${loss.buying} µSTX by buying, bound ${bound.buying}`).toBe(true);
    expect(loss.selling <= bound.selling, `lost ${loss.selling} µSTX by selling, bound ${bound.selling}`).toBe(true);
    const most = bound.buying + bound.selling;
    return most === 0n ? 0 : Number(loss.buying + loss.selling) / Number(most);
  });
  return Math.max(0, ...shares);
}

interface Account {
  /** Energy, what is on offer included. */
  readonly energy: bigint;
  readonly funds: bigint;
}

function accountOf(state: MarketState, prosumer: Principal): Account {
  const { energy = 0, funds = 0, escrowed = 0 } = state.prosumers.get(prosumer) ?? {};
  return { energy: BigInt(energy) + BigInt(escrowed), funds: BigInt(funds) };
}

/** The account by the amounts of all events, whatever balances they name. */
function accountBy(events: readonly GridEvent[], prosumer: Principal): Account {
  let energy = 0n;
  let funds = 0n;
  for (const event of events) {
    if (event.topic === 'trade-bought') {
      const sign = event.buyer === prosumer ? 1n : event.seller === prosumer ? -1n : 0n;
      energy += sign * BigInt(event.amount);
      funds -= sign * BigInt(event.cost);
    } else if ('prosumer' in event && event.prosumer === prosumer) {
      if (event.topic === 'energy-added') energy += BigInt(event.amount);
      if (event.topic === 'energy-consumed') energy -= BigInt(event.amount);
      if (event.topic === 'reading-recorded') energy += BigInt(event.produced) - BigInt(event.consumed);
      if (event.topic === 'funds-added') funds += BigInt(event.amount);
      if (event.topic === 'funds-withdrawn') funds -= BigInt(event.amount);
    }
  }
  return { energy, funds };
}

/** Whatever the gang did, one call frees a victim's energy and one its money. */
function leave(world: World, caller: Principal): void {
  const before = accountOf(world.scene.state, caller);
  const own = world.scene.state.openOffers.filter(({ seller }) => seller === caller);
  const entries = own.map(({ id }) => ({ seller: caller, tradeId: BigInt(id) }));
  const cancelled = world.act({ caller, call: { kind: 'cancelTradeFor', validUntil: MAX, entries } });
  expect(cancelled, 'one call takes all offers back').toEqual({ outcome: 'ok', entries: entries.map(() => 'ok') });
  expect(BigInt(energyOf(world.scene.state, caller)), 'all energy is free').toBe(before.energy);
  const owned = world.scene.balanceOf(caller);
  if (before.funds > 0n) {
    expect(world.act({ caller, call: { kind: 'withdrawFunds', amount: before.funds } }).outcome).toBe('ok');
  }
  expect(fundsOf(world.scene.state, caller)).toBe(0);
  expect(world.scene.balanceOf(caller), 'all money is home').toBe(owned + before.funds);
}
