import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { validateStacksAddress } from '@stacks/transactions';
import { type Clock, ConfigError } from '../core/index.ts';
import { Chain } from './chain.ts';
import { EPOCHS, type Epoch, FORMAT_VERSION, type Genesis, newSalt } from './genesis.ts';
import { JOURNAL_FILE, memoryJournal, openJournal, readJournal } from './journal.ts';
import { isTestnetAddress } from './network.ts';
import type { DevnetOptions } from './options.ts';
import { ClarityVm } from './vm/clarity-vm.ts';
import { selfTest } from './vm/self-test.ts';

const DEFAULT_EPOCH: Epoch = '3.3';
/** The simnet mints 64-bit amounts. */
const MAX_MINT = 2n ** 64n - 1n;

/**
 * Starts a new chain, or goes on with the one that the data folder holds. The folder must be locked by the caller.
 *
 * @throws ConfigError for options that are wrong or not those of the kept chain; CorruptionError for a damaged journal.
 */
export async function openChain(options: DevnetOptions, clock: Clock): Promise<Chain> {
  const { dataFolder } = options;
  const accounts = genesisAccounts(options.accounts ?? {});
  if (options.epoch !== undefined && !EPOCHS.includes(options.epoch)) {
    throw new ConfigError(`expected an epoch of ${EPOCHS.join(', ')}, was "${options.epoch}"`);
  }
  if (dataFolder !== undefined && options.fresh === true) rmSync(join(dataFolder, JOURNAL_FILE), { force: true });
  const entries = dataFolder === undefined ? [] : readJournal(dataFolder);
  const [first] = entries;
  const genesis = first?.kind === 'genesis' ? first.genesis : newGenesis(options, accounts, clock);
  if (first !== undefined) checkSameGenesis(genesis, options, accounts);

  const vm = await ClarityVm.start(genesis);
  selfTest(vm);
  const chain = new Chain({ vm, genesis, journal: memoryJournal, clock });
  chain.replay(entries);
  if (dataFolder !== undefined) {
    const journal = openJournal(dataFolder);
    if (first === undefined) journal.append({ kind: 'genesis', genesis }, { durable: true });
    chain.writeTo(journal);
  }
  return chain;
}

function newGenesis(options: DevnetOptions, accounts: Genesis['accounts'], clock: Clock): Genesis {
  return {
    version: FORMAT_VERSION,
    salt: newSalt(),
    epoch: options.epoch ?? DEFAULT_EPOCH,
    startTime: options.startTime ?? clock.now(),
    accounts,
  };
}

function genesisAccounts(accounts: Readonly<Record<string, string>>): Genesis['accounts'] {
  return Object.entries(accounts)
    .map(([address, amount]) => [address, checkedMint(address, amount).toString()] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** @throws ConfigError unless `address` is a testnet address and `amount` an amount that can be minted. */
export function checkedMint(address: string, amount: string): bigint {
  if (!validateStacksAddress(address) || !isTestnetAddress(address)) {
    throw new ConfigError(`expected a testnet address such as ST…, was "${address}"`);
  }
  if (!/^\d{1,20}$/.test(amount) || BigInt(amount) > MAX_MINT) {
    throw new ConfigError(`expected an amount in µSTX of at most ${MAX_MINT} for ${address}, was "${amount}"`);
  }
  return BigInt(amount);
}

function checkSameGenesis(genesis: Genesis, options: DevnetOptions, accounts: Genesis['accounts']): void {
  const hints = ['Start with --fresh to discard the kept chain, or leave the option out to go on with it.'];
  if (options.epoch !== undefined && options.epoch !== genesis.epoch) {
    throw new ConfigError(`expected epoch ${genesis.epoch} as in ${options.dataFolder}, was ${options.epoch}`, {
      hints,
    });
  }
  if (options.accounts !== undefined && JSON.stringify(accounts) !== JSON.stringify(genesis.accounts)) {
    throw new ConfigError(`expected the accounts that the chain in ${options.dataFolder} began with, were others`, {
      hints,
    });
  }
}
