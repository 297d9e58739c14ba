import { CorruptionError } from '../../src/core/index.ts';
import { type EventColumns, EventKind } from '../data/event-columns.ts';
import { evolveRows } from '../market/columnar-evolve.ts';
import type { ColumnarMarket } from '../market/columnar-market.ts';

/**
 * Applies what was decided last, and checks that the accounts it touches neither win nor lose anything together but what
 * the event brings in.
 *
 * @throws CorruptionError where energy or money came from nowhere or went nowhere.
 */
export function applyConserving(market: ColumnarMarket): void {
  market.reserveAccounts();
  if (market.next.kind[0] === EventKind.tradeBought) applyPurchase(market);
  else applyOfOne(market);
}

// Differences of balances are exact where sums of them need not be.

/** Applies a purchase, which moves energy and funds between two accounts and brings in neither. */
function applyPurchase(market: ColumnarMarket): void {
  const { next, energy, escrowed, funds } = market;
  const seller = next.account[0] as number;
  const buyer = next.other[0] as number;
  const energyBefore = energy[seller] as number;
  const escrowedBefore = escrowed[seller] as number;
  const fundsBefore = funds[seller] as number;
  const buyerEnergyBefore = energy[buyer] as number;
  const buyerFundsBefore = funds[buyer] as number;

  evolveRows(market, next, 0, 1);

  const released = (escrowed[seller] as number) - escrowedBefore;
  const energyChange = (energy[seller] as number) - energyBefore + released;
  const fundsChange = (funds[seller] as number) - fundsBefore;
  assertBroughtIn(market, {
    energy: energyChange + ((energy[buyer] as number) - buyerEnergyBefore),
    funds: fundsChange + ((funds[buyer] as number) - buyerFundsBefore),
  });
}

/** Applies an event of one account; what prices or requires something names none, and moves nothing. */
function applyOfOne(market: ColumnarMarket): void {
  const { next, energy, escrowed, funds } = market;
  const account = next.account[0] as number;
  const energyBefore = energy[account] as number;
  const escrowedBefore = escrowed[account] as number;
  const fundsBefore = funds[account] as number;

  evolveRows(market, next, 0, 1);

  const escrowChange = (escrowed[account] as number) - escrowedBefore;
  assertBroughtIn(market, {
    energy: (energy[account] as number) - energyBefore + escrowChange,
    funds: (funds[account] as number) - fundsBefore,
  });
}

/** @throws CorruptionError where balances changed by anything but what the event applied last brought in. */
function assertBroughtIn(market: ColumnarMarket, change: { readonly energy: number; readonly funds: number }): void {
  const energy = energyIn(market.next);
  const funds = fundsIn(market.next);
  if (change.energy === energy && change.funds === funds) return;
  throw new CorruptionError(
    `expected event ${market.sequence} to bring in ${energy} Wh and ${funds} µSTX, was ${change.energy} Wh and ${change.funds} µSTX`,
  );
}

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
