import { type Height, microStx, type Principal } from '../../core/index.ts';
import type { ChainPort, Execution, LaneStatus, LedgerPort } from '../../execution/index.ts';

/** Entries that a dry run pretends to have room for; enough for any account's limits to bind first. */
const ROOM = 2_000;
/** The fee that a dry run reckons with for each intent, in µSTX: an entry's bytes and its share of a batch's head. */
const FEE_PER_ENTRY = microStx(150);

/**
 * An execution that signs and sends nothing: everything before it runs as it would, so that a config can be watched
 * before it touches money. Nothing it is given becomes exposure.
 */
export function dryExecution({
  chain,
  ledger,
  operators,
}: {
  readonly chain: ChainPort;
  readonly ledger: LedgerPort;
  readonly operators: readonly Principal[];
}): Execution {
  let tip = 0 as Height;
  const nothing = async () => ({ tip, confirmed: [], cancelled: [], reorged: [], superseded: [] });
  let lanes: readonly LaneStatus[] = [];
  return {
    async recover() {
      tip = (await chain.tip()).height;
      const idle = { epoch: null, unconfirmed: 0, entriesLeft: ROOM, paused: null, halt: null };
      lanes = await Promise.all(
        operators.map(async (operator) => {
          const { nonce, balance } = await chain.account(operator);
          return { operator, ...idle, chainNonce: nonce, balance };
        }),
      );
      return nothing();
    },
    confirm: nothing,
    submit: async () => ({ batches: [], waiting: [] }),
    cancel: async (ids) => ({ cancelled: [], replaced: [], kept: ids }),
    recordEvents: async () => [],
    openIntents: async () => [],
    dayTotals: async (account) => ({ account, spent: microStx(0), fees: microStx(0) }),
    lanes: () => lanes,
    onLost: () => {},
    resume: async () => {},
    feePerEntry: () => FEE_PER_ENTRY,
    summary: () => ledger.summary(),
    drain: async () => ({ pending: [], waiting: 0 }),
  };
}
