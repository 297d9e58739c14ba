import { gridFunctions } from '../../src/contract/abi.generated.ts';
import type { PublicFunctionName } from '../../src/contract/functions.ts';
import { type BatchCall, type EntryCall, encodeCall, type GridCall } from '../../src/contract/index.ts';
import type { Principal } from '../../src/core/index.ts';
import { actors, type Cost, type Epoch, freshGrid } from '../support/simnet.ts';
import { totalOf } from './limits.ts';
import { FAR } from './scene.ts';
import { signedBytes } from './signed-bytes.ts';

export interface FunctionCost {
  readonly name: string;
  /** Of the signed transaction. */
  readonly bytes: number;
  readonly cost: Cost;
}

/** Measured with entries, in batches.ts. */
const batches: readonly string[] = [
  'buy-energy-for',
  'trade-energy-for',
  'cancel-trade-for',
] satisfies readonly PublicFunctionName[];

type SingleCall = Exclude<GridCall, BatchCall> | EntryCall;

const { owner, alice, bob, operator, meter } = actors;
const limits = { spendLimit: 1_000n, energyLimit: 1_000n, maxBuyPrice: 100n, minSellPrice: 1n, expiresAt: FAR };

/** A life on the grid in which every public function but the batches succeeds, on accounts as full as they get. */
const life: readonly (readonly [Principal, SingleCall])[] = [
  [alice, { kind: 'registerProsumer' }],
  [bob, { kind: 'registerProsumer' }],
  [owner, { kind: 'assignMeter', prosumer: alice, meter }],
  [owner, { kind: 'assignMeter', prosumer: bob, meter }],
  [alice, { kind: 'addEnergy', amount: 1_000n }],
  [alice, { kind: 'consumeEnergy', amount: 10n }],
  [bob, { kind: 'addFunds', amount: 1_000n }],
  [bob, { kind: 'withdrawFunds', amount: 10n }],
  [alice, { kind: 'delegateTrading', operator, ...limits }],
  [bob, { kind: 'delegateTrading', operator, ...limits }],
  [owner, { kind: 'requireMeters', required: true }],
  [owner, { kind: 'setEnergyPrice', price: 90n }],
  [meter, { kind: 'recordReading', prosumer: alice, readingId: 1n, produced: 20n, consumed: 10n }],
  // The first offer of all opens a page of the bitmap; the next ones find it.
  [alice, { kind: 'tradeEnergy', amount: 10n, price: 5n }],
  [alice, { kind: 'tradeEnergy', amount: 10n, price: 5n }],
  [alice, { kind: 'cancelTrade', tradeId: 1n }],
  [bob, { kind: 'buyEnergy', tradeId: 2n }],
  [operator, { kind: 'tradeOneFor', seller: alice, amount: 10n, price: 5n, openUntil: FAR }],
  [operator, { kind: 'tradeOneFor', seller: alice, amount: 10n, price: 5n, openUntil: FAR }],
  [operator, { kind: 'cancelOneFor', seller: alice, tradeId: 3n }],
  [operator, { kind: 'buyOneFor', buyer: bob, tradeId: 4n, amount: 10n, maxPrice: 5n }],
  [alice, { kind: 'revokeDelegation', operator }],
];

/**
 * What each public function but the batches costs, in alphabetical order; of several calls, the one that reads most.
 *
 * @throws Error where one of them was not called.
 */
export async function measureFunctions(epoch: Epoch): Promise<readonly FunctionCost[]> {
  const grid = await freshGrid({ epoch, costs: true });
  const measured = new Map<string, FunctionCost>();
  for (const [caller, call] of life) {
    const { result, cost: counted } = grid.call<SingleCall>(caller, call);
    if (!result.ok) throw new Error(`expected ${call.kind} to succeed, was ${result.error ?? result.code}`);
    const { functionName: name } = encodeCall(call);
    const cost = totalOf(counted);
    if (cost.readLength < (measured.get(name)?.cost.readLength ?? 0)) continue;
    measured.set(name, { name, bytes: await signedBytes(call), cost });
  }
  return gridFunctions
    .filter(({ name, access }) => access === 'public' && !batches.includes(name))
    .map(({ name }) => measured.get(name) ?? missing(name));
}

function missing(name: string): never {
  throw new Error(`expected a call of ${name}: add one to the life in tests/costs/functions.ts`);
}
