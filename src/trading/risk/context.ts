import type { DelegationRecord } from '../../contract/index.ts';
import type { Height, MicroStx, Price, Principal, TradeId, Wh } from '../../core/index.ts';
import type { OpenOffer } from '../../market/index.ts';
import type { Intent } from '../intent.ts';
import type { HaltState } from '../turn/request.ts';
import type { RiskLimits } from './limits.ts';
import type { Verdict } from './verdict.ts';

/** What unconfirmed intents of an account and its earlier ones of this turn already use. */
export interface Exposure {
  /** Worst-case cost of buys. */
  readonly buyCost: MicroStx;
  readonly buyWh: Wh;
  readonly listWh: Wh;
  readonly lists: number;
  readonly cancelWh: Wh;
  /** Of this turn alone. */
  readonly turnCost: MicroStx;
  /** Of this turn alone, buys and listings. */
  readonly turnWh: Wh;
  /** Of this turn alone. */
  readonly turnIntents: number;
  /** Cost of the day's buys, unconfirmed and this turn's included. */
  readonly dayCost: MicroStx;
  /** Network fees of the day, unconfirmed and this turn's included. */
  readonly dayFees: MicroStx;
}

/** All that a limit may look at. */
export interface RiskContext {
  readonly height: Height;
  readonly nowMs: number;
  readonly lastPoll: { readonly atMs: number; readonly height: Height };
  readonly haltState: HaltState;
  readonly energyPrice: Price;
  readonly metersRequired: boolean;
  readonly feePerEntry: MicroStx;
  readonly account: {
    readonly principal: Principal;
    readonly operator: Principal;
    /** Balances on the chain. */
    readonly energy: Wh;
    readonly funds: MicroStx;
    readonly openOffers: number;
    readonly targetWh: Wh;
    /** Null where there is none; not looked at for the operator's own account. */
    readonly delegation: DelegationRecord | null;
  };
  readonly exposure: Exposure;
  /** The operator's lane after the earlier intents of this turn. */
  readonly lane: { readonly entriesLeft: number; readonly balance: MicroStx };
  /** An open offer of anyone, expired ones included. */
  offer(id: TradeId): OpenOffer | undefined;
  /** Whether an unconfirmed or earlier buy, or cancel, of any of our accounts holds the offer. */
  isClaimed(id: TradeId): boolean;
  isMetered(account: Principal): boolean;
  /** Whether the account may buy from `seller`: not from itself, nor from our others unless the user allows it. */
  mayBuyFrom(seller: Principal): boolean;
}

/** One limit: a pure judgement of one intent. */
export type RiskCheck = (intent: Intent, context: RiskContext, limits: RiskLimits) => Verdict;
