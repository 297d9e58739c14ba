import { gridContractSource, reads } from '../../contract/index.ts';
import type { Clock, Principal } from '../../core/index.ts';
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

/** Checks every account: registered, funded, and delegating to the operator within its height. */
export async function checkAccounts(chain: ChainPort, config: ServiceConfig, operator: Principal): Promise<Finding[]> {
  const { height } = await chain.read(reads.market());
  const principals = config.accounts.map(({ address }) => address);
  const records = await inFifties(principals, (part) => chain.read(reads.prosumers(part)));
  const grants = await inFifties(principals, (part) =>
    chain.read(reads.delegations(part.map((prosumer) => ({ prosumer, operator })))),
  );
  const { balance } = await chain.account(operator);
  const fees =
    balance >= config.fees.cap
      ? ok('operator wallet', `${balance} µSTX for fees`)
      : fail('operator wallet', `${balance} µSTX, less than one fee cap`, `send STX to ${operator}`);
  return [
    fees,
    ...config.accounts.flatMap(({ name, address }, index): Finding[] => {
      const record = records[index];
      if (!record) {
        return [fail(`account ${name}`, `${address} is not registered`, 'its owner runs `wattmaker register`')];
      }
      const registered = ok(`account ${name}`, `${record.energy} Wh and ${record.funds} µSTX`);
      if (address === operator) return [registered];
      const grant = grants[index];
      const place = `delegation of ${name}`;
      const mend = `its owner runs \`wattmaker delegate ${operator} …\``;
      if (!grant) return [registered, fail(place, `none to ${operator}`, mend)];
      if (grant.expiresAt < height) return [registered, fail(place, `expired at block ${grant.expiresAt}`, mend)];
      const left = `${grant.spendLeft} µSTX and ${grant.energyLeft} Wh left, buys up to ${grant.maxBuyPrice}, sells from ${grant.minSellPrice}, until block ${grant.expiresAt}`;
      const spent = grant.spendLeft === 0 && grant.energyLeft === 0;
      return [registered, spent ? warn(place, `used up: ${left}`, mend) : ok(place, left)];
    }),
  ];
}

async function inFifties<Item, Answer>(
  items: readonly Item[],
  read: (part: readonly Item[]) => Promise<readonly Answer[]>,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let start = 0; start < items.length; start += 50) answers.push(...(await read(items.slice(start, start + 50))));
  return answers;
}
