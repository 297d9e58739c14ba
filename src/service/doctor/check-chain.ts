import { type DelegationRecord, gridContractSource, reads } from '../../contract/index.ts';
import type { Clock, Height, Principal } from '../../core/index.ts';
import type { ChainPort } from '../../execution/index.ts';
import type { ServiceConfig } from '../config/index.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

/** Checks node, clock and contract; throws what the chain client throws when the node cannot be used at all. */
export async function checkChain(
  { chain, clock, fetchDate }: { chain: ChainPort; clock: Clock; fetchDate: () => Promise<number | null> },
  config: ServiceConfig,
): Promise<Finding[]> {
  const { chainId } = await chain.identity();
  const tip = await chain.tip();
  const findings = [ok('node', `answers at height ${tip.height} of chain id ${chainId}`)];
  findings.push(checkClock(clock.now(), await fetchDate()));

  const source = await chain.contractSource();
  const { contract } = config.chain;
  if (source === null) {
    return [...findings, fail('contract', `${contract} is not deployed`, 'wattmaker deploy, or mend chain.contract')];
  }
  findings.push(
    source === gridContractSource()
      ? ok('contract', `${contract} is this version of the contract`)
      : warn(
          'contract',
          `${contract} has another source than this version's`,
          'compare the sources before you trust it',
        ),
  );
  const { metersRequired } = await chain.read(reads.market());
  if (metersRequired) return [...findings, ok('meters', 'energy is attested by meters')];
  const selfReported = 'energy is self-reported: whoever mints it for free can sell it to you';
  const mend = 'the owner runs `wattmaker owner require-meters on`';
  return [
    ...findings,
    config.network === 'mainnet' ? fail('meters', selfReported, mend) : warn('meters', selfReported, mend),
  ];
}

const CLOCK_TOLERANCE_MS = 30_000;

function checkClock(now: number, theirs: number | null): Finding {
  if (theirs === null) return warn('clock', 'the node sends no date to compare with', 'check that NTP runs');
  const apart = Math.abs(now - theirs);
  if (apart <= CLOCK_TOLERANCE_MS) return ok('clock', `within ${Math.ceil(apart / 1000)} s of the node's`);
  return fail('clock', `${Math.round(apart / 1000)} s away from the node's`, 'set the clock, for example with NTP');
}

/**
 * Checks every operator's wallet, and every account: registered, funded, and delegating to an operator within its height.
 * Of several operators one that may act is enough; the others are warned about.
 */
export async function checkAccounts(
  chain: ChainPort,
  config: ServiceConfig,
  operators: readonly Principal[],
): Promise<Finding[]> {
  const { height } = await chain.read(reads.market());
  const principals = config.accounts.map(({ address }) => address);
  const records = await inFifties(principals, (part) => chain.read(reads.prosumers(part)));
  const pairs = principals.flatMap((prosumer) => operators.map((operator) => ({ prosumer, operator })));
  const grants = await inFifties(pairs, (part) => chain.read(reads.delegations(part)));
  const grantOf = (prosumer: Principal, operator: Principal): DelegationRecord | null =>
    grants[pairs.findIndex((pair) => pair.prosumer === prosumer && pair.operator === operator)] ?? null;
  const wallets = await Promise.all(
    operators.map(async (operator) => {
      const { balance } = await chain.account(operator);
      return balance >= config.fees.cap
        ? ok('operator wallet', `${balance} µSTX for fees`)
        : fail('operator wallet', `${balance} µSTX, less than one fee cap`, `send STX to ${operator}`);
    }),
  );
  return [
    ...wallets,
    ...config.accounts.flatMap(({ name, address }, index): Finding[] => {
      const record = records[index];
      if (!record) {
        return [fail(`account ${name}`, `${address} is not registered`, 'its owner runs `wattmaker register`')];
      }
      const registered = ok(`account ${name}`, `${record.energy} Wh and ${record.funds} µSTX`);
      if (operators.includes(address)) return [registered];
      const found = operators.map((operator) => checkDelegation(name, operator, grantOf(address, operator), height));
      const served = found.some(({ state }) => state !== 'fail');
      return [
        registered,
        ...found.map((one): Finding => (served && one.state === 'fail' ? { ...one, state: 'warn' } : one)),
      ];
    }),
  ];
}

function checkDelegation(name: string, operator: Principal, grant: DelegationRecord | null, height: Height): Finding {
  const place = `delegation of ${name}`;
  const mend = `its owner runs \`wattmaker delegate ${operator} …\``;
  if (grant === null) return fail(place, `none to ${operator}`, mend);
  if (grant.expiresAt < height) return fail(place, `to ${operator} expired at block ${grant.expiresAt}`, mend);
  const left = `${grant.spendLeft} µSTX and ${grant.energyLeft} Wh left, buys up to ${grant.maxBuyPrice}, sells from ${grant.minSellPrice}, until block ${grant.expiresAt}`;
  const spent = grant.spendLeft === 0 && grant.energyLeft === 0;
  return spent ? warn(place, `used up: ${left}`, mend) : ok(place, left);
}

async function inFifties<Item, Answer>(
  items: readonly Item[],
  read: (part: readonly Item[]) => Promise<readonly Answer[]>,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let start = 0; start < items.length; start += 50) answers.push(...(await read(items.slice(start, start + 50))));
  return answers;
}
