import { CorruptionError } from '../../src/core/index.ts';
import { type EventColumns, EventKind } from '../data/event-columns.ts';
import { evolveRows } from '../market/columnar-evolve.ts';
import type { ColumnarMarket } from '../market/columnar-market.ts';

/** Energy that an event brings into the market, in Wh: what is added or produced, less what is consumed. */
function energyIn(event: EventColumns): number {
  switch (event.kind[0]) {
    case EventKind.energyAdded:
      return event.amount[0] as number;
    case EventKind.energyConsumed:
      return -(event.amount[0] as number);
    case EventKind.readingRecorded:
      return (event.amount[0] as number) - (event.second[0] as number);
    default:
      return 0;
  }
}

/** µSTX that an event brings into the market. */
function fundsIn(event: EventColumns): number {
  switch (event.kind[0]) {
    case EventKind.fundsAdded:
      return event.amount[0] as number;
    case EventKind.fundsWithdrawn:
      return -(event.amount[0] as number);
    default:
      return 0;
  }
}

/**
 * Applies what was decided last, and checks that the accounts it touches neither win nor lose anything together but what
 * the event brings in.
 *
 * @throws CorruptionError where energy or money came from nowhere or went nowhere.
 */
export function applyConserving(market: ColumnarMarket): void {
  market.reserveAccounts();
  const { next, energy, escrowed, funds } = market;
  const account = next.account[0] as number;
  const other = next.kind[0] === EventKind.tradeBought ? (next.other[0] as number) : account;
  const energyBefore = energy[account] as number;
  const escrowedBefore = escrowed[account] as number;
  const fundsBefore = funds[account] as number;
  const otherEnergyBefore = energy[other] as number;
  const otherFundsBefore = funds[other] as number;

  evolveRows(market, next, 0, 1);

  // Differences of balances are exact where sums of them need not be. What the event prices or requires moves nothing.
  let energyChange = market.energy[account] as number;
  energyChange = energyChange - energyBefore + ((market.escrowed[account] as number) - escrowedBefore);
  let fundsChange = (market.funds[account] as number) - fundsBefore;
  if (other !== account) {
    energyChange += (market.energy[other] as number) - otherEnergyBefore;
    fundsChange += (market.funds[other] as number) - otherFundsBefore;
  }
  if (energyChange !== energyIn(next) || fundsChange !== fundsIn(next)) {
    throw new CorruptionError(
      `expected event ${market.sequence} to bring in ${energyIn(next)} Wh and ${fundsIn(next)} µSTX, was ${energyChange} Wh and ${fundsChange} µSTX`,
    );
  }
}

/**
 * Checks that all balances and open offers add up to the totals, which events change on their own.
 *
 * @throws CorruptionError where they do not.
 */
export function assertConserved(market: ColumnarMarket): void {
  let energy = 0n;
  let funds = 0n;
  for (let account = 0; account < market.accounts.size; account += 1) {
    energy += BigInt(market.energy[account] ?? 0) + BigInt(market.escrowed[account] ?? 0);
    funds += BigInt(market.funds[account] ?? 0);
  }
  const { gridBalance: grid, totalFunds: total } = market;
  if (energy !== BigInt(grid) || funds !== BigInt(total)) {
    throw new CorruptionError(
      `expected balances of ${grid} Wh and ${total} µSTX in all after event ${market.sequence}, was ${energy} and ${funds}`,
    );
  }
}
