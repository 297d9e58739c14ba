import {
  type BatchCall,
  type EntryCall,
  type GridCall,
  type GridEvent,
  gridErrorName,
} from '../../src/contract/index.ts';
import { CorruptionError, unreachable } from '../../src/core/index.ts';
import type { CallContext, DecidedEntry, Decision } from '../../src/market/index.ts';
import { NO_HEIGHT } from '../data/event-columns.ts';
import { readRow } from '../data/event-rows.ts';
import type { ColumnarMarket } from './columnar-market.ts';
import {
  decideDelegation,
  decideEnergy,
  decideEnergyPrice,
  decideFunds,
  decideMeter,
  decideMetersRequired,
  decideReading,
  decideRegistration,
  decideRevocation,
} from './decide-account.ts';
import { decideCancellation, decideListing, decidePurchase } from './decide-trade.ts';
import { ANY, apply, OK } from './rules.ts';

/** Who calls, by number, and in which block. */
interface Context {
  readonly caller: number;
  readonly height: number;
}

/**
 * Executes a call of the contract: `decide` and then `evolve`, in place. Slower than the deciding functions by the
 * objects that it takes and answers. What the caller owns outside the contract is not part of the market, so `addFunds`
 * never lacks any.
 *
 * @param applyNext applies what was decided. @default apply
 */
export function executeCall(
  market: ColumnarMarket,
  call: GridCall | EntryCall,
  context: CallContext,
  applyNext: (market: ColumnarMarket) => void = apply,
): Decision {
  const inside = { caller: market.accounts.numberOf(context.caller), height: context.height };
  nameAccounts(market, call);
  if ('entries' in call) return executeBatch(market, call, inside, applyNext);
  const code = decideSingle(market, call, inside);
  if (code !== OK) return { ok: false, error: nameOf(code) };
  const event = readRow(market.next, 0);
  applyNext(market);
  return { ok: true, events: [event], result: resultOf(call, event) };
}

const nameOf = (code: number) => {
  const name = gridErrorName(code);
  if (name === null) throw new CorruptionError(`expected an error code of the contract, was ${code}`);
  return name;
};

/** Numbers everyone whom the call names, so that the columns have room for them. */
function nameAccounts(market: ColumnarMarket, call: GridCall | EntryCall): void {
  const parts = 'entries' in call ? [call, ...call.entries] : [call];
  for (const part of parts) {
    for (const name of ['operator', 'prosumer', 'meter', 'buyer', 'seller'] as const) {
      const who = (part as Partial<Record<typeof name, Parameters<typeof market.accounts.numberOf>[0]>>)[name];
      if (who !== undefined) market.accounts.numberOf(who);
    }
  }
  market.reserveAccounts();
}

function decideSingle(
  market: ColumnarMarket,
  call: Exclude<GridCall | EntryCall, BatchCall>,
  { caller, height }: Context,
): number {
  const { accounts } = market;
  switch (call.kind) {
    case 'registerProsumer':
      return decideRegistration(market, caller, height);
    case 'addEnergy':
    case 'consumeEnergy':
      return decideEnergy(market, { added: call.kind === 'addEnergy', amount: Number(call.amount) }, caller, height);
    case 'addFunds':
    case 'withdrawFunds':
      return decideFunds(market, { added: call.kind === 'addFunds', amount: Number(call.amount) }, caller, height);
    case 'tradeEnergy':
    case 'tradeOneFor':
      return decideListing(
        market,
        {
          seller: call.kind === 'tradeEnergy' ? caller : accounts.numberOf(call.seller),
          amount: Number(call.amount),
          price: Number(call.price),
          openUntil: call.kind === 'tradeEnergy' ? NO_HEIGHT : Number(call.openUntil),
        },
        caller,
        height,
      );
    case 'buyEnergy':
      return decidePurchase(
        market,
        { buyer: caller, trade: Number(call.tradeId), amount: ANY, maxPrice: 0 },
        caller,
        height,
      );
    case 'buyOneFor':
      return decidePurchase(
        market,
        {
          buyer: accounts.numberOf(call.buyer),
          trade: Number(call.tradeId),
          amount: Number(call.amount),
          maxPrice: Number(call.maxPrice),
        },
        caller,
        height,
      );
    case 'cancelTrade':
      return decideCancellation(market, { trade: Number(call.tradeId), seller: ANY }, caller, height);
    case 'cancelOneFor':
      return decideCancellation(
        market,
        { trade: Number(call.tradeId), seller: accounts.numberOf(call.seller) },
        caller,
        height,
      );
    case 'setEnergyPrice':
      return decideEnergyPrice(market, Number(call.price), caller, height);
    case 'requireMeters':
      return decideMetersRequired(market, call.required, caller, height);
    case 'assignMeter':
      return decideMeter(
        market,
        { prosumer: accounts.numberOf(call.prosumer), meter: accounts.numberOf(call.meter) },
        caller,
        height,
      );
    case 'recordReading':
      return decideReading(
        market,
        {
          prosumer: accounts.numberOf(call.prosumer),
          readingId: Number(call.readingId),
          produced: Number(call.produced),
          consumed: Number(call.consumed),
        },
        caller,
        height,
      );
    case 'delegateTrading':
      return decideDelegation(
        market,
        {
          operator: accounts.numberOf(call.operator),
          spendLimit: Number(call.spendLimit),
          energyLimit: Number(call.energyLimit),
          maxBuyPrice: Number(call.maxBuyPrice),
          minSellPrice: Number(call.minSellPrice),
          expiresAt: Number(call.expiresAt),
        },
        caller,
        height,
      );
    case 'revokeDelegation':
      return decideRevocation(market, accounts.numberOf(call.operator), caller, height);
    default:
      return unreachable(call, 'call');
  }
}

/** What the contract answers in its `(ok …)`. */
function resultOf(call: Exclude<GridCall | EntryCall, BatchCall>, event: GridEvent): true | number {
  switch (event.topic) {
    case 'trade-listed':
      return event.tradeId;
    case 'delegation-granted':
      return event.grantId;
    case 'trade-bought':
      return call.kind === 'buyOneFor' ? event.cost : true;
    case 'trade-cancelled':
      return call.kind === 'cancelOneFor' ? event.amount : true;
    default:
      return true;
  }
}

function executeBatch(
  market: ColumnarMarket,
  call: BatchCall,
  { caller, height }: Context,
  applyNext: (market: ColumnarMarket) => void,
): Decision {
  if (Number(call.validUntil) < height) return { ok: false, error: 'pastHeight' };
  if (call.kind === 'tradeEnergyFor') {
    const openUntil = Number(call.openUntil);
    if (openUntil < height || !Number.isSafeInteger(openUntil)) return { ok: false, error: 'pastHeight' };
  }
  const events: GridEvent[] = [];
  const result = entriesOf(call).map((entry): DecidedEntry => {
    const code = decideSingle(market, entry, { caller, height });
    if (code !== OK) return { ok: false, error: nameOf(code) };
    const event = readRow(market.next, 0);
    applyNext(market);
    events.push(event);
    return { ok: true, value: resultOf(entry, event) as number };
  });
  return { ok: true, events, result };
}

/** The batch as the calls of its entries, which the contract executes one after the other. */
function entriesOf(call: BatchCall): readonly EntryCall[] {
  switch (call.kind) {
    case 'buyEnergyFor':
      return call.entries.map((entry) => ({ kind: 'buyOneFor', ...entry }));
    case 'tradeEnergyFor':
      return call.entries.map((entry) => ({ kind: 'tradeOneFor', openUntil: call.openUntil, ...entry }));
    case 'cancelTradeFor':
      return call.entries.map((entry) => ({ kind: 'cancelOneFor', ...entry }));
  }
}
