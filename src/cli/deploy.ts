import { Command, Option } from 'commander';
import { gridContractSource } from '../contract/index.ts';
import { ConfigError, microStx } from '../core/index.ts';
import { assertChain, prepareDeploy, sendDeploy } from '../service/wallet/index.ts';
import { createLocalSigner } from '../signer/index.ts';
import { type CommandIo, createReport, processIo } from './command-io.ts';
import { complete, termsOf, type WalletSession } from './sign-and-send.ts';
import { networkOf, openChain, senderOf, urlsOf } from './wallet.ts';
import { type SigningOptions, withSigningOptions } from './wallet-options.ts';

interface DeployOptions extends SigningOptions {
  readonly name: string;
}

/** What docs/costs.md says that a deploy takes is, at the lowest rate, 0.04 STX. */
const DEPLOY_FEE_CAP = microStx(1_000_000);

/** `wattmaker deploy`: puts the contract on the chain; the sender becomes its owner. */
export function deployCommand(io: CommandIo = processIo()): Command {
  const command = new Command('deploy')
    .description('deploy the energy-grid contract; the sender becomes its owner')
    .addOption(new Option('--name <name>', 'of the contract').default('energy-grid'));
  return withSigningOptions(command, { contract: false }).action(async (options: DeployOptions) => {
    const session = await openDeploy(io, options);
    if (!(await isDeployed(session))) await deploy(session, options);
  });
}

async function openDeploy(io: CommandIo, options: DeployOptions): Promise<WalletSession> {
  if (!/^[a-zA-Z][\w-]{0,39}$/.test(options.name)) {
    throw new ConfigError(`expected a contract name of letters, digits, - and _, was "${options.name}"`);
  }
  const network = networkOf(io, options);
  const urls = urlsOf(io, options, network);
  const sender = await senderOf(io, options, network);
  const contractId = `${sender.address}.${options.name}`;
  const chain = openChain(io, { network, urls, contractId });
  return {
    io,
    options,
    report: createReport(io, { json: options.json === true }),
    target: { chain, network, contractId },
    urls,
    sender,
  };
}

/** @throws ConfigError when another contract stands under this id. */
async function isDeployed({ target, report }: WalletSession): Promise<boolean> {
  await assertChain(target);
  const { chain, network, contractId } = target;
  const source = await chain.contractSource();
  if (source === null) return false;
  if (source !== gridContractSource()) {
    throw new ConfigError(`expected no contract ${contractId} yet, found one of another source`, {
      hints: ['A contract cannot be replaced: choose another --name, or deploy with another key.'],
    });
  }
  report.line(`${contractId} is deployed already, from the same source`);
  report.result({ network, contract: contractId, outcome: 'present' });
  return true;
}

async function deploy(session: WalletSession, options: DeployOptions): Promise<void> {
  const { contractId, network } = session.target;
  const source = gridContractSource();
  const prepared = await prepareDeploy(session.target, source, termsOf(session, DEPLOY_FEE_CAP));
  await complete(session, prepared, {
    notes: ['a contract cannot be changed or removed once it is deployed'],
    questions: ['Sign and send this?', ...(network === 'mainnet' ? ['This is mainnet, with real money. Deploy?'] : [])],
    done: () => contractId,
    send: async (key, deps, sendOptions) => {
      const feeCap = options.fee === undefined ? DEPLOY_FEE_CAP : prepared.fee;
      const { nonce, fee } = prepared;
      const signer = createLocalSigner({ keys: [key], network, contractId, feeCap, calls: 'every' });
      const signed = await signer.signDeploy({ signer: prepared.sender, source, nonce, fee });
      return sendDeploy(deps, signed, sendOptions);
    },
  });
}
