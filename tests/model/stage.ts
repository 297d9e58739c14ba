import { Cl, type ClarityValue } from '@stacks/transactions';
import { expect } from 'vitest';
import {
  type BatchResult,
  type CallResult,
  type EntryCall,
  encodeCall,
  eventDigest,
  type GridCall,
  type GridErrorName,
  type GridEvent,
  gridErrors,
  OPENING_DIGEST,
} from '../../src/contract/index.ts';
import { type Height, MAX_AMOUNT, type Principal } from '../../src/core/index.ts';
import { type Decision, decide, emptyMarket, evolve, type MarketState } from '../../src/market/index.ts';
import { encodeEvent } from '../support/grid-encoding.ts';
import { contractId, type Epoch, freshGrid, type Grid } from '../support/simnet.ts';
import { cast } from './cast.ts';
import type { Act, Scene, UnequalBatch } from './move.ts';

/** What one act was answered: its entries' answers too where it is a batch. */
export interface Answer {
  readonly outcome: 'ok' | GridErrorName;
  readonly entries: readonly ('ok' | GridErrorName)[];
}

/** One act that was a call, as the invariants look back on it. */
export interface Played {
  readonly caller: Principal;
  readonly answer: Answer;
  readonly events: readonly GridEvent[];
}

/** The contract on a chain of its own beside the model, as far as they have been taken together. */
export interface Stage extends Scene {
  readonly grid: Grid;
  state: MarketState;
  height: Height;
  digest: string;
  readonly balances: Map<Principal, bigint>;
  /** µSTX that the contract was sent outside of its functions. */
  donated: bigint;
  readonly played: Played[];
}

/** What the poor one keeps of its STX. */
const POVERTY = 1_000n;

/** A fresh chain and a fresh model, with nobody registered. */
export async function openStage(epoch: Epoch): Promise<Stage> {
  const grid = await freshGrid({ epoch, readsTogether: true });
  grid.transfer(grid.balance(cast.poor) - POVERTY, cast.poor, cast.owner);
  grid.mint(cast.rich, BigInt(MAX_AMOUNT));
  const balances = new Map(cast.everyone.map((account) => [account, grid.balance(account)]));
  return {
    grid,
    state: emptyMarket({ owner: cast.owner }),
    height: grid.nextHeight(),
    digest: OPENING_DIGEST,
    balances,
    donated: 0n,
    played: [],
    balanceOf: (account) => balances.get(account) ?? 0n,
  };
}

/** Does one act on both, and compares the answer, the events, the money moved and the height. */
export function perform(stage: Stage, act: Act): Answer {
  const answer = performOn(stage, act);
  stage.height = stage.grid.nextHeight();
  return answer;
}

function performOn(stage: Stage, act: Act): Answer {
  const { grid } = stage;
  if ('call' in act) return performCall(stage, act.caller, act.call);
  if ('unequal' in act) return performUnequal(stage, act.caller, act.unequal);
  if ('wait' in act) grid.mineUntilNextHeightIs(stage.height + act.wait);
  else {
    grid.transfer(act.amount, act.donor, contractId);
    move(stage, act.donor, -act.amount);
    stage.donated += act.amount;
  }
  return { outcome: 'ok', entries: [] };
}

function performCall(stage: Stage, caller: Principal, call: GridCall | EntryCall): Answer {
  const decision = decide(stage.state, call, {
    caller,
    height: stage.height,
    callerBalance: stage.balanceOf(caller),
  });
  const { result, printed, events } = stage.grid.call<GridCall | EntryCall>(caller, call);
  expect(result, 'the answer').toEqual(expectedResult(decision));
  expect(events, 'the events').toEqual(decision.ok ? decision.events : []);
  for (const { event, hex } of printed) {
    expect(encodeEvent(event), 'the bytes of the event').toBe(hex.replace(/^0x/, ''));
    stage.state = evolve(stage.state, event);
    stage.digest = eventDigest(stage.digest, hex);
    if (event.topic === 'funds-added') move(stage, caller, -BigInt(event.amount));
    if (event.topic === 'funds-withdrawn') move(stage, caller, BigInt(event.amount));
  }
  const answer = answerOf(decision);
  stage.played.push({ caller, answer, events });
  return answer;
}

/** A batch of unequal lists, which changes nothing whatever it holds. */
function performUnequal(stage: Stage, caller: Principal, { kind, validUntil, lengths }: UnequalBatch): Answer {
  const entry = { buyer: caller, seller: caller, tradeId: 1n, amount: 1n, maxPrice: 1n, price: 1n };
  const heights = { validUntil, openUntil: validUntil };
  const { functionName, functionArgs } = encodeCall({ kind, ...heights, entries: [entry] });
  const singles = functionArgs.length - lengths.length;
  const args = functionArgs.map((value, index): ClarityValue => {
    if (index < singles || value.type !== 'list') return value;
    return Cl.list(Array.from({ length: lengths[index - singles] ?? 0 }, () => value.value[0] as ClarityValue));
  });
  const { result, events } = stage.grid.callThrough(caller, contractId, functionName, args);
  expect(result).toEqual(refusal('listLengthsDiffer'));
  expect(events).toEqual([]);
  const answer: Answer = { outcome: 'listLengthsDiffer', entries: [] };
  stage.played.push({ caller, answer, events });
  return answer;
}

function move(stage: Stage, account: Principal, microStx: bigint): void {
  stage.balances.set(account, stage.balanceOf(account) + microStx);
}

const refusal = (error: GridErrorName) => ({ ok: false, error, code: gridErrors[error] }) as const;

function expectedResult(decision: Decision): CallResult | BatchResult {
  if (!decision.ok) return refusal(decision.error);
  const { result } = decision;
  if (result === true) return { ok: true, value: true };
  if (typeof result === 'number') return { ok: true, value: BigInt(result) };
  return {
    ok: true,
    entries: result.map((entry) => (entry.ok ? { ok: true, value: BigInt(entry.value) } : refusal(entry.error))),
  };
}

/** What a decision answers, entry by entry. */
export function answerOf(decision: Decision): Answer {
  if (!decision.ok) return { outcome: decision.error, entries: [] };
  const { result } = decision;
  const entries = typeof result === 'object' ? result.map((entry) => (entry.ok ? 'ok' : entry.error)) : [];
  return { outcome: 'ok', entries };
}
