import { Command } from 'commander';
import { ConfigError, type Principal } from '../core/index.ts';
import { type AccountReport, assertContract, readAccount } from '../service/wallet/index.ts';
import type { NetworkName } from '../signer/index.ts';
import { showMicroStx, showWh } from './amounts.ts';
import { type CommandIo, createReport, processIo, type Report } from './command-io.ts';
import { contractOf, networkOf, openChain, parsePrincipal, senderOf, urlsOf } from './wallet.ts';
import { type ChainOptions, type KeyOptions, listOption, withReadingOptions } from './wallet-options.ts';

interface AccountOptions extends ChainOptions, KeyOptions {
  readonly operator?: readonly string[];
}

/** `wattmaker account`: what the chain holds for an account. Needs no secret. */
export function accountCommand(io: CommandIo = processIo()): Command {
  const command = new Command('account')
    .description('show balances, open offers and delegations')
    .argument('[address]', 'default that of --key')
    .addOption(listOption('--operator <address>', 'also ask for the delegation to this operator; may be repeated'));
  return withReadingOptions(command).action(async (address: string | undefined, options: AccountOptions) => {
    const network = networkOf(io, options);
    const contractId = contractOf(io, options, network);
    const urls = urlsOf(io, options, network);
    const query = {
      address: await addressToShow(io, address, options, network),
      operators: (options.operator ?? []).map((operator) => parsePrincipal(operator, network)),
    };
    const chain = openChain(io, { network, urls, contractId });
    await assertContract({ chain, network, contractId });
    const account = await readAccount(chain, query);
    const report = createReport(io, { json: options.json === true });
    if (!options.json) show(report, account);
    report.result({ network, contract: contractId, ...account });
  });
}

async function addressToShow(
  io: CommandIo,
  address: string | undefined,
  options: AccountOptions,
  network: NetworkName,
): Promise<Principal> {
  if (address !== undefined) return parsePrincipal(address, network);
  if (options.key === undefined) {
    throw new ConfigError('expected an address or --key, was neither', { hints: ['Try `wattmaker account ADDRESS`.'] });
  }
  return (await senderOf(io, options, network)).address;
}

function show(
  report: Report,
  { address, wallet, prosumer, offers, delegations, allDelegations, market }: AccountReport,
): void {
  report.line(`${address} at height ${market.height}`);
  report.line(`  wallet      ${showMicroStx(wallet)}`);
  if (prosumer === null) {
    report.line('  not registered: `wattmaker register`');
    return;
  }
  report.line(`  funds       ${showMicroStx(prosumer.funds)} in the contract`);
  report.line(`  energy      ${showWh(prosumer.energy)}, and ${showWh(prosumer.escrowed)} on offer`);
  const reading = prosumer.lastReading === 0 ? 'no reading yet' : `last reading ${prosumer.lastReading}`;
  report.line(`  meter       ${prosumer.meter === null ? 'none' : `${prosumer.meter}, ${reading}`}`);
  report.line(
    `  energy price ${market.energyPrice} µSTX per Wh; meters are ${market.metersRequired ? '' : 'not '}required`,
  );
  report.line(`  open offers ${offers.length === 0 ? 'none' : ''}`.trimEnd());
  for (const { id, amount, price, openUntil, lister } of offers) {
    const end = openUntil === null ? 'without expiry' : `to height ${openUntil}`;
    report.line(
      `    #${id}  ${showWh(amount)} at ${price} µSTX per Wh, ${end}${lister === address ? '' : `, listed by ${lister}`}`,
    );
  }
  report.line(`  delegations ${delegations.length === 0 ? 'none' : ''}`.trimEnd());
  for (const { operator, grantId, spendLeft, energyLeft, maxBuyPrice, minSellPrice, expiresAt } of delegations) {
    const end = expiresAt < market.height ? `ended at height ${expiresAt}` : `to height ${expiresAt}`;
    report.line(`    grant ${grantId} to ${operator}, ${end}:`);
    report.line(
      `      ${showMicroStx(spendLeft)} left to spend at ${maxBuyPrice} or less, ${showWh(energyLeft)} to sell at ${minSellPrice} or more`,
    );
  }
  if (!allDelegations) {
    report.line('    older grants were not searched for: name operators with --operator');
  }
}
