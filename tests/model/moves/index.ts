import type { Move } from '../move.ts';
import { addEnergyMoves } from './add-energy.ts';
import { addFundsMoves } from './add-funds.ts';
import { assignMeterMoves } from './assign-meter.ts';
import { buyEnergyMoves } from './buy-energy.ts';
import { buyEnergyForMoves } from './buy-energy-for.ts';
import { buyOneForMoves } from './buy-one-for.ts';
import { cancelOneForMoves } from './cancel-one-for.ts';
import { cancelTradeMoves } from './cancel-trade.ts';
import { cancelTradeForMoves } from './cancel-trade-for.ts';
import { consumeEnergyMoves } from './consume-energy.ts';
import { delegateTradingMoves } from './delegate-trading.ts';
import { recordReadingMoves } from './record-reading.ts';
import { registerProsumerMoves } from './register-prosumer.ts';
import { requireMetersMoves } from './require-meters.ts';
import { revokeDelegationMoves } from './revoke-delegation.ts';
import { setEnergyPriceMoves } from './set-energy-price.ts';
import { tradeEnergyMoves } from './trade-energy.ts';
import { tradeEnergyForMoves } from './trade-energy-for.ts';
import { tradeOneForMoves } from './trade-one-for.ts';
import { withdrawFundsMoves } from './withdraw-funds.ts';

/** Every move of a random history. */
export const moves: readonly Move[] = [
  ...registerProsumerMoves,
  ...addEnergyMoves,
  ...consumeEnergyMoves,
  ...addFundsMoves,
  ...withdrawFundsMoves,
  ...setEnergyPriceMoves,
  ...requireMetersMoves,
  ...assignMeterMoves,
  ...recordReadingMoves,
  ...delegateTradingMoves,
  ...revokeDelegationMoves,
  ...tradeEnergyMoves,
  ...buyEnergyMoves,
  ...cancelTradeMoves,
  ...buyOneForMoves,
  ...tradeOneForMoves,
  ...cancelOneForMoves,
  ...buyEnergyForMoves,
  ...tradeEnergyForMoves,
  ...cancelTradeForMoves,
];
