import { reads } from '../contract/index.ts';
import type { Height, Principal } from '../core/index.ts';
import type { PlannedIntent } from '../trading/intent.ts';
import type { ExecutionConfig } from './config.ts';
import type { ExecutionDependencies, LaneDependencies } from './dependencies.ts';
import type { Lane } from './lane.ts';
import type { LaneLease } from './ports/ledger.ts';
import { isPastUse, UNCONFIRMED_STATES } from './ports/transaction.ts';

/**
 * Releases the intents of a halted lane whose batches can never execute any more: as of a block that lies the final depth
 * past their valid-until the chain has not used their nonce, and from there on the contract refuses them for ever. The
 * nonce is read at that very block, so no server that lags can tell an older one.
 */
export async function releaseExpired(
  { ledger, chain, clock, log }: LaneDependencies,
  { lane, finalDepth }: { readonly lane: Lane; readonly finalDepth: number },
): Promise<void> {
  const unconfirmed = await ledger.transactions({ states: UNCONFIRMED_STATES, lane: lane.operator });
  const isPast = (tip: Height) => unconfirmed.filter((one) => isPastUse(one, { tip, finalDepth }));
  const bound = await ledger.intents(isPast(lane.seenHeight).flatMap(({ intentIds }) => intentIds));
  if (!bound.some(({ state }) => state === 'claimed')) return;
  const tip = await chain.tip();
  const { nonce: next } = await chain.account(lane.operator, { tip: tip.indexBlockHash });
  for (const { id, nonce, call } of isPast(tip.height)) {
    if (nonce < next) continue;
    const note = `nonce ${nonce} was unused at block ${tip.height}: its batch was valid until ${call.validUntil}`;
    if (await ledger.expire({ transactionId: id, at: clock.now(), note })) {
      log.warn({ transaction: id, nonce }, `${note}; its intents are released`);
    }
  }
}

export interface MoveParameters {
  readonly lanes: readonly Lane[];
  readonly operatorsOf: NonNullable<ExecutionConfig['operatorsOf']>;
}

/**
 * Gives the intents of halted lanes that have no nonce, so that nothing of them can be under way, to a lane that goes on
 * and that the chain says may act for the account. A cancel stays: the contract takes it only from whoever listed.
 */
export async function moveWaiting(
  { ledger, chain, clock, log }: ExecutionDependencies,
  lease: Pick<LaneLease, 'reassign'>,
  { lanes, operatorsOf }: MoveParameters,
): Promise<void> {
  const healthy = lanes.filter(({ paused }) => paused === null);
  const halted = lanes.filter(({ halt }) => halt !== null);
  if (healthy.length === 0 || halted.length === 0) return;
  const waiting = await Promise.all(halted.map(({ operator }) => ledger.allowedIntents({ lane: operator })));
  const movable = waiting.flat().filter(({ intent }) => intent.kind !== 'cancel');
  const mayAct = await delegationsOf(chain, movable, operatorsOf);
  const byLoad = [...healthy].sort((one, other) => one.unconfirmed - other.unconfirmed);
  for (const { operator } of byLoad) {
    const ids = movable
      .filter((one) => mayAct(one.account, operator) && first(byLoad, one) === operator)
      .map(({ id }) => id);
    const moved = await lease.reassign({ ids, lane: operator, at: clock.now() });
    if (moved > 0) log.warn({ intents: ids, lane: operator }, `${moved} intents of a halted lane go to ${operator}`);
  }

  function first(candidates: readonly Lane[], { account }: PlannedIntent): Principal | undefined {
    return candidates.find(({ operator }) => mayAct(account, operator))?.operator;
  }
}

/** Pairs that one read takes. */
const PAIRS = 50;

/** Which operators the chain lets act for which of the accounts. */
async function delegationsOf(
  chain: ExecutionDependencies['chain'],
  intents: readonly PlannedIntent[],
  operatorsOf: MoveParameters['operatorsOf'],
): Promise<(account: Principal, operator: Principal) => boolean> {
  const accounts = [...new Set(intents.map(({ account }) => account))];
  const pairs = accounts.flatMap((prosumer) => operatorsOf(prosumer).map((operator) => ({ prosumer, operator })));
  const asked = pairs.filter(({ prosumer, operator }) => prosumer !== operator);
  const allowed = new Set(pairs.filter(({ prosumer, operator }) => prosumer === operator).map(keyOf));
  if (asked.length > 0) {
    const { height } = await chain.tip();
    for (let from = 0; from < asked.length; from += PAIRS) {
      const some = asked.slice(from, from + PAIRS);
      const delegations = await chain.read(reads.delegations(some));
      some.forEach((pair, index) => {
        const delegation = delegations[index];
        if (delegation && delegation.expiresAt > height) allowed.add(keyOf(pair));
      });
    }
  }
  return (prosumer, operator) => allowed.has(keyOf({ prosumer, operator }));
}

const keyOf = ({ prosumer, operator }: { prosumer: Principal; operator: Principal }) => `${prosumer} ${operator}`;
