import {
  CorruptionError,
  type MicroStx,
  microStx,
  type Price,
  type Principal,
  price,
  type TradeId,
  tradeId,
  type Wh,
  wh,
} from '../core/index.ts';
import type { AbiType } from './abi-type.ts';
import { count, delegationRecord, marketSummary, prosumerRecord, tradeRecord, tradeStatus } from './decode-record.ts';
import { decodeUntyped, parseClarity } from './decode-value.ts';
import { encodeArguments } from './encode-call.ts';
import { gridErrors } from './error-name.ts';
import { type AnswerOf, type ArgumentsOf, findFunction, type ReadFunctionName } from './functions.ts';
import type { GridRead } from './read.ts';
import type { DelegationRecord, MarketSummary, ProsumerRecord, TradeRecord, TradeStatus } from './record.ts';

/** What the seed interface tells of a prosumer. */
export interface ProsumerInfo {
  readonly energy: Wh;
  readonly funds: MicroStx;
}

/** What the seed interface tells of a trade; `buyer` is the seller until it is bought. */
export interface TradeInfo {
  readonly seller: Principal;
  readonly buyer: Principal;
  readonly amount: Wh;
  readonly price: Price;
  readonly status: TradeStatus;
}

/** Names one delegation. */
export interface DelegationPair {
  readonly prosumer: Principal;
  readonly operator: Principal;
}

/** The most ids, principals or pairs that one bulk read takes. */
export const MAX_READ_ENTRIES = 50;
/** The most pages of the open-offer bitmap that one read takes. */
export const MAX_READ_PAGES = 90;
/** Trade ids in one page of the open-offer bitmap: page p holds ids p × 128 to p × 128 + 127. */
export const OPEN_PAGE_SIZE = 128;

/**
 * The contract's read-only functions. Bulk reads answer in the order asked, null where there is nothing.
 *
 * Each throws CorruptionError for more entries than the contract's list takes.
 */
export const reads = {
  market: (): GridRead<MarketSummary> => describe('get-market', {}, marketSummary),

  trades: (ids: readonly TradeId[]): GridRead<readonly (TradeRecord | null)[]> =>
    describe('get-trades', { tradeIds: ids.map(BigInt) }, (trades) =>
      trades.map((trade) => trade && tradeRecord(trade)),
    ),

  prosumers: (accounts: readonly Principal[]): GridRead<readonly (ProsumerRecord | null)[]> =>
    describe('get-prosumers', { accounts }, (found) => found.map((prosumer) => prosumer && prosumerRecord(prosumer))),

  delegations: (pairs: readonly DelegationPair[]): GridRead<readonly (DelegationRecord | null)[]> =>
    describe('get-delegations', { pairs }, (found) => found.map((grant) => grant && delegationRecord(grant))),

  /** The ids of all open offers on these pages, in ascending order. */
  openPages: (pages: readonly number[]): GridRead<readonly TradeId[]> =>
    describe('get-open-pages', { pages: pages.map(BigInt) }, (bitmaps) => {
      if (bitmaps.length !== pages.length) {
        throw new CorruptionError(`expected ${pages.length} pages, was ${bitmaps.length}`);
      }
      return bitmaps.flatMap((bits, index) => openIds(pages[index] as number, bits)).sort((a, b) => a - b);
    }),

  trade: (id: TradeId): GridRead<TradeRecord | null> =>
    describe('get-trade', { tradeId: BigInt(id) }, (trade) => trade && tradeRecord(trade)),

  prosumer: (account: Principal): GridRead<ProsumerRecord | null> =>
    describe('get-prosumer', { account }, (prosumer) => prosumer && prosumerRecord(prosumer)),

  delegation: (pair: DelegationPair): GridRead<DelegationRecord | null> =>
    describe('get-delegation', { pair }, (grant) => grant && delegationRecord(grant)),

  /** Null for a principal that is not registered. */
  prosumerInfo: (account: Principal): GridRead<ProsumerInfo | null> =>
    describe('get-prosumer-info', { account }, (answer) => {
      const info = valueUnless(gridErrors.notFound, answer);
      return info && { energy: wh(info.energyBalance), funds: microStx(info.fundsBalance) };
    }),

  /** Null for an id that was never given. */
  tradeInfo: (id: TradeId): GridRead<TradeInfo | null> =>
    describe('get-trade-info', { tradeId: BigInt(id) }, (answer) => {
      const info = valueUnless(gridErrors.tradeNotFound, answer);
      if (info === null) return null;
      const { seller, buyer, amount, status } = info;
      return { seller, buyer, amount: wh(amount), price: price(info.price), status: tradeStatus(status) };
    }),

  energyPrice: (): GridRead<Price> => describe('get-energy-price', {}, (answer) => price(valueIn(answer))),

  /** All energy balances and all escrowed energy in Wh: a sum over prosumers, hence bigint. */
  gridBalance: (): GridRead<bigint> => describe('get-grid-balance', {}, (answer) => valueIn(answer)),
} as const;

function describe<Name extends ReadFunctionName, Answer>(
  name: Name,
  values: ArgumentsOf<Name>,
  shape: (answer: AnswerOf<Name>) => Answer,
): GridRead<Answer> {
  return {
    functionName: name,
    functionArgs: encodeArguments(name, values),
    decode: (result) => shape(decodeUntyped(outputOf(name), parseClarity(result)) as AnswerOf<Name>),
  };
}

function outputOf(name: ReadFunctionName): AbiType {
  const declared = findFunction(name);
  if (declared === undefined) throw new CorruptionError(`expected a function of energy-grid, was "${name}"`);
  return declared.output;
}

function openIds(page: number, bits: bigint): TradeId[] {
  const ids: TradeId[] = [];
  for (let rest = bits, bit = 0; rest > 0n; rest >>= 1n, bit += 1) {
    if (rest & 1n) ids.push(tradeId(count(BigInt(page) * BigInt(OPEN_PAGE_SIZE)) + bit));
  }
  return ids;
}

type Answered<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: bigint | null };

function valueIn<Value>(answer: Answered<Value>): Value {
  if (answer.ok) return answer.value;
  throw new CorruptionError(`expected a value, was the error u${answer.error}`);
}

/** The value of a response, or null where it is the one error that says "there is none". */
function valueUnless<Value>(absent: number, answer: Answered<Value>): Value | null {
  return !answer.ok && answer.error === BigInt(absent) ? null : valueIn(answer);
}
