import { gridErrors } from '../../src/contract/index.ts';
import { MAX_AMOUNT as MAX } from '../../src/core/index.ts';
import { EventKind, NO_GRANT } from '../data/event-columns.ts';
import type { ColumnarMarket } from './columnar-market.ts';
import { begin, inRange, isAhead, isRegistered, OK } from './rules.ts';

export function decideRegistration(market: ColumnarMarket, caller: number, height: number): number {
  if (isRegistered(market, caller)) return gridErrors.alreadyRegistered;
  begin(market, EventKind.prosumerRegistered, caller, height);
  return OK;
}

export function decideEnergy(
  market: ColumnarMarket,
  change: { readonly added: boolean; readonly amount: number },
  caller: number,
  height: number,
): number {
  const { added, amount } = change;
  if (!isRegistered(market, caller)) return gridErrors.notFound;
  if (market.metersRequired) return gridErrors.unauthorized;
  if (!inRange(amount)) return gridErrors.invalidAmount;
  const energy = market.energy[caller] as number;
  if (added && energy + (market.escrowed[caller] as number) + amount > MAX) return gridErrors.balanceCap;
  if (!added && energy < amount) return gridErrors.insufficientEnergy;
  const next = begin(market, added ? EventKind.energyAdded : EventKind.energyConsumed, caller, height);
  next.amount[0] = amount;
  next.energy[0] = added ? energy + amount : energy - amount;
  return OK;
}

/** Adding funds never lacks any: what the caller owns outside the contract is not part of the market. */
export function decideFunds(
  market: ColumnarMarket,
  change: { readonly added: boolean; readonly amount: number },
  caller: number,
  height: number,
): number {
  const { added, amount } = change;
  if (!isRegistered(market, caller)) return gridErrors.notFound;
  if (!inRange(amount)) return gridErrors.invalidAmount;
  const funds = market.funds[caller] as number;
  if (added && funds + amount > MAX) return gridErrors.balanceCap;
  if (!added && funds < amount) return gridErrors.insufficientFunds;
  const next = begin(market, added ? EventKind.fundsAdded : EventKind.fundsWithdrawn, caller, height);
  next.amount[0] = amount;
  next.funds[0] = added ? funds + amount : funds - amount;
  return OK;
}

export interface Reading {
  readonly prosumer: number;
  readonly readingId: number;
  readonly produced: number;
  readonly consumed: number;
}

export function decideReading(market: ColumnarMarket, reading: Reading, caller: number, height: number): number {
  const { prosumer, readingId, produced, consumed } = reading;
  if (!isRegistered(market, prosumer)) return gridErrors.notFound;
  if (market.meter[prosumer] !== caller) return gridErrors.unauthorized;
  if (readingId > MAX || produced > MAX || consumed > MAX) return gridErrors.invalidAmount;
  if (readingId <= (market.lastReading[prosumer] as number)) return gridErrors.invalidAmount;
  // In this order the sum is exact wherever it is within range.
  const energy = (market.energy[prosumer] as number) + (produced - consumed);
  if (energy < -MAX || energy + (market.escrowed[prosumer] as number) > MAX) return gridErrors.balanceCap;
  const next = begin(market, EventKind.readingRecorded, prosumer, height);
  next.other[0] = caller;
  next.mark[0] = readingId;
  next.amount[0] = produced;
  next.second[0] = consumed;
  next.energy[0] = energy;
  return OK;
}

export function decideEnergyPrice(market: ColumnarMarket, price: number, caller: number, height: number): number {
  if (caller !== market.owner) return gridErrors.ownerOnly;
  if (!inRange(price)) return gridErrors.invalidPrice;
  begin(market, EventKind.energyPriceSet, 0, height).price[0] = price;
  return OK;
}

export function decideMetersRequired(
  market: ColumnarMarket,
  required: boolean,
  caller: number,
  height: number,
): number {
  if (caller !== market.owner) return gridErrors.ownerOnly;
  begin(market, EventKind.metersRequired, 0, height).amount[0] = required ? 1 : 0;
  return OK;
}

export function decideMeter(
  market: ColumnarMarket,
  { prosumer, meter }: { readonly prosumer: number; readonly meter: number },
  caller: number,
  height: number,
): number {
  if (caller !== market.owner) return gridErrors.ownerOnly;
  if (!isRegistered(market, prosumer)) return gridErrors.notFound;
  begin(market, EventKind.meterAssigned, prosumer, height).other[0] = meter;
  return OK;
}

export interface Delegation {
  readonly operator: number;
  readonly spendLimit: number;
  readonly energyLimit: number;
  readonly maxBuyPrice: number;
  readonly minSellPrice: number;
  readonly expiresAt: number;
}

export function decideDelegation(market: ColumnarMarket, grant: Delegation, caller: number, height: number): number {
  const { operator, spendLimit, energyLimit, maxBuyPrice, minSellPrice, expiresAt } = grant;
  if (!isRegistered(market, caller)) return gridErrors.notFound;
  if (operator === caller) return gridErrors.unauthorized;
  if (energyLimit > MAX) return gridErrors.invalidAmount;
  if (spendLimit > MAX || maxBuyPrice > MAX || minSellPrice > MAX) return gridErrors.invalidPrice;
  if (!isAhead(expiresAt, height)) return gridErrors.pastHeight;
  const next = begin(market, EventKind.delegationGranted, caller, height);
  next.operator[0] = operator;
  next.grant[0] = market.lastGrant + 1;
  next.amount[0] = spendLimit;
  next.second[0] = energyLimit;
  next.price[0] = maxBuyPrice;
  next.funds[0] = minSellPrice;
  next.mark[0] = expiresAt;
  return OK;
}

export function decideRevocation(market: ColumnarMarket, operator: number, caller: number, height: number): number {
  if (!isRegistered(market, caller)) return gridErrors.notFound;
  const grant = market.grantOf(caller, operator);
  if (grant === NO_GRANT) return gridErrors.unauthorized;
  const next = begin(market, EventKind.delegationRevoked, caller, height);
  next.operator[0] = operator;
  next.grant[0] = grant;
  return OK;
}
