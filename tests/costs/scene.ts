import { MAX_BATCH_ENTRIES } from '../../src/contract/index.ts';
import { type Principal, principal } from '../../src/core/index.ts';
import { actors, contractId, type Epoch, freshGrid, type Grid, principalNumber } from '../support/simnet.ts';

/** Who the prosumers are: people with a key, or contracts with the longest name that a node admits. */
export type PrincipalKind = 'standard' | 'contract';

/** A grid in use that counts costs: meters required, and everybody metered, funded, and delegated to the operator. */
export interface Scene {
  readonly grid: Grid;
  /** As many as a batch has entries. */
  readonly people: readonly Principal[];
  readonly operator: Principal;
}

/** Later than any height here. */
export const FAR = 10_000n;
const ENERGY = 100_000n;
const FUNDS = 1_000_000n;
const NAME_LENGTH = 40;

const { owner, operator } = actors;
const delegation = {
  operator,
  spendLimit: FUNDS,
  energyLimit: ENERGY,
  maxBuyPrice: 100n,
  minSellPrice: 1n,
  expiresAt: FAR,
} as const;

/** @param principals Who the prosumers and their meters are. */
export async function openScene(epoch: Epoch, principals: PrincipalKind): Promise<Scene> {
  const grid = await freshGrid({ epoch, costs: true });
  const numbers = Array.from({ length: MAX_BATCH_ENTRIES }, (_, index) => index);
  const people = numbers.map((number) => (principals === 'standard' ? enrol : enrolContract)(grid, number));
  const meter = principals === 'standard' ? actors.meter : principal(`${owner}.${longName('meter')}`);
  for (const prosumer of people) grid.must(owner, { kind: 'assignMeter', prosumer, meter });
  grid.must(owner, { kind: 'requireMeters', required: true });
  return { grid, people, operator };
}

function enrol(grid: Grid, number: number): Principal {
  const person = principalNumber(1_000 + number);
  grid.mint(person, FUNDS);
  grid.must(person, { kind: 'registerProsumer' });
  grid.must(person, { kind: 'addEnergy', amount: ENERGY });
  grid.must(person, { kind: 'addFunds', amount: FUNDS });
  grid.must(person, { kind: 'delegateTrading', ...delegation });
  return person;
}

/** A contract that is a prosumer by itself. */
const wallet = `
  (define-public (join)
    (begin
      (try! (contract-call? '${contractId} register-prosumer))
      (try! (contract-call? '${contractId} add-energy u${ENERGY}))
      (try! (as-contract? ((with-stx u${FUNDS})) (try! (contract-call? '${contractId} add-funds u${FUNDS}))))
      (contract-call? '${contractId} delegate-trading '${operator} u${delegation.spendLimit} u${delegation.energyLimit}
        u${delegation.maxBuyPrice} u${delegation.minSellPrice} u${delegation.expiresAt})))
`;

function enrolContract(grid: Grid, number: number): Principal {
  const contract = grid.deploy(longName(`wallet-${number}`), wallet);
  grid.transfer(FUNDS, owner, contract);
  const { result } = grid.callThrough(owner, contract, 'join', []);
  if (!result.ok) throw new Error(`expected ${contract} to join, was ${JSON.stringify(result)}`);
  return contract;
}

const longName = (name: string): string => `${name}-`.padEnd(NAME_LENGTH, 'x');
