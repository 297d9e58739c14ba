import { microStx, wh } from '../../core/index.ts';
import type { RunTurnDeps } from './deps.ts';
import type { Desk } from './desk.ts';
import type { TurnRequest } from './request.ts';
import type { AccountSummary, TurnSummary } from './result.ts';

const BEST_OFFERS = 5;

/** The market and the accounts as the turn saw them. */
export function summarise({ engine, market }: RunTurnDeps, desk: Desk, request: TurnRequest): TurnSummary {
  const targets = new Map(request.targets?.map(({ account, targetWh }) => [account, targetWh]));
  const { buyable } = desk;
  return {
    sequence: market.sequence,
    energyPrice: market.energyPrice,
    grid: desk.grid,
    openOffers: buyable.length,
    bestOffers: Array.from({ length: Math.min(buyable.length, BEST_OFFERS) }, (_, place) => buyable.at(place)),
    accounts: engine.seats.map((seat): AccountSummary => {
      const record = market.prosumer(seat.principal);
      return {
        account: seat.principal,
        strategy: engine.strategies[seat.strategy]?.reference ?? '',
        registered: record !== null,
        energy: record?.energy ?? wh(0),
        funds: record?.funds ?? microStx(0),
        escrowed: record?.escrowed ?? wh(0),
        openOffers: record?.openTrades ?? 0,
        targetWh: targets.get(seat.principal) ?? seat.targetWh,
      };
    }),
  };
}
