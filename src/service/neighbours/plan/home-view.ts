import type { MicroStx, Principal, Wh } from '../../../core/index.ts';
import type { World } from '../model/world.ts';
import type { MarketGlance } from './market-glance.ts';

/** A registered account as the plans need it. */
export interface Holdings {
  readonly energy: Wh;
  readonly escrowed: Wh;
  readonly funds: MicroStx;
}

/** What one home knows when it plans. */
export interface HomeView {
  readonly world: World;
  readonly market: MarketGlance;
  readonly address: Principal;
  /** Null before it has registered. */
  readonly holdings: Holdings | null;
  /** STX outside the contract, in µSTX. */
  readonly stx: MicroStx;
  /** The last slot whose energy is accounted for. */
  readonly meteredUntil: number;
}
