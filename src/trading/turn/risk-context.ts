import type { Height, MicroStx, Price, Principal, TradeId } from '../../core/index.ts';
import type { OpenOffer } from '../../market/index.ts';
import type { RiskContext } from '../risk/index.ts';
import type { AccountFacts } from './account-view.ts';
import type { Desk } from './desk.ts';
import type { HaltState, TurnRequest } from './request.ts';
import type { TurnMarket } from './turn-market.ts';

/** What all accounts of a turn decide on. */
export interface Scene {
  readonly desk: Desk;
  readonly request: TurnRequest;
  readonly market: TurnMarket;
}

/** What risk looks at as it judges the intents of one account, by the lane that carries them. */
export class TurnRiskContext implements RiskContext {
  readonly height: Height;
  readonly nowMs: number;
  readonly lastPoll: TurnRequest['lastPoll'];
  readonly haltState: HaltState;
  readonly energyPrice: Price;
  readonly metersRequired: boolean;
  readonly feePerEntry: MicroStx;
  readonly account: RiskContext['account'];
  readonly exposure: RiskContext['exposure'];
  readonly lane: RiskContext['lane'];
  readonly #desk: Desk;
  readonly #market: TurnMarket;

  constructor(facts: AccountFacts, { desk, request, market }: Scene) {
    const { seat, operator, record, delegation, targetWh } = facts;
    this.height = request.height;
    this.nowMs = request.nowMs;
    this.lastPoll = request.lastPoll;
    this.haltState = request.haltState;
    this.energyPrice = market.energyPrice;
    this.metersRequired = market.metersRequired;
    this.feePerEntry = request.feePerEntry;
    this.account = {
      principal: seat.principal,
      operator,
      energy: record.energy,
      funds: record.funds,
      openOffers: record.openTrades,
      targetWh,
      delegation,
    };
    this.exposure = facts.exposure;
    this.lane = facts.lane;
    this.#desk = desk;
    this.#market = market;
  }

  offer(id: TradeId): OpenOffer | undefined {
    return this.#desk.offer(id);
  }

  isClaimed(id: TradeId): boolean {
    return this.#desk.isClaimed(id);
  }

  isMetered(account: Principal): boolean {
    return this.#market.isMetered(account);
  }

  mayBuyFrom(seller: Principal): boolean {
    return this.#desk.mayBuyFrom(this.account.principal, seller);
  }
}
