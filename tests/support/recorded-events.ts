import type { TailEvent } from '../../backtest/data/recording/journal.ts';
import type { Manifest } from '../../backtest/data/recording/manifest.ts';
import type { GridEvent } from '../../src/contract/index.ts';
import { OPENING_DIGEST } from '../../src/contract/index.ts';
import { sequence, txId } from '../../src/core/index.ts';
import { encodeEvent } from './grid-encoding.ts';
import { alice, bob, createNeighbourhood, owner } from './model-market.ts';

/** The head of a recording of a contract from its first event on. */
export const chainHead: Omit<Manifest, 'segments'> = {
  origin: { kind: 'chain', fromHeight: null },
  chain: { chainId: 2_147_483_648, genesis: 'ab'.repeat(32), contractId: `${owner}.energy-grid` },
  owner,
  begin: { sequence: sequence(0), digest: OPENING_DIGEST, snapshot: null },
};

export type LogEntry = Pick<TailEvent, 'event' | 'hex' | 'txId'>;

/** An event as a log shows it; the events of one `transaction` share its id. */
export const logEntry = (event: GridEvent, transaction: number): LogEntry => ({
  event,
  hex: encodeEvent(event),
  txId: txId(transaction.toString(16).padStart(64, '0')),
});

/**
 * A contract's log: a neighbourhood that has been set up in block 10, then `trades` offers, `perBlock` of them a block,
 * each bought in the block that it was listed in. Another `flavour` is another history with the same beginning.
 */
export function contractLog(trades: number, { perBlock = 2, flavour = 0 } = {}): LogEntry[] {
  const market = createNeighbourhood();
  for (let index = 0; index < trades; index += 1) {
    const at = { height: 11 + Math.floor(index / perBlock) };
    market.act(alice, { kind: 'tradeEnergy', amount: 1n, price: BigInt(50 + index + flavour) }, at);
    market.act(bob, { kind: 'buyEnergy', tradeId: BigInt(market.state.lastTradeId) }, at);
  }
  return market.events.map((event, index) => logEntry(event, index));
}
