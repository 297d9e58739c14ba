import { type Command, Option } from 'commander';
import { parseCount, parseMicroStx } from './amounts.ts';

/** Which chain, and which contract on it. */
export interface ChainOptions {
  readonly network?: string;
  readonly url?: readonly string[];
  readonly contract?: string;
  readonly json?: true;
}

export interface KeyOptions {
  readonly key?: string;
  readonly keys?: string;
  readonly passwordFile?: string;
}

export interface SigningOptions extends ChainOptions, KeyOptions {
  readonly fee?: bigint;
  readonly nonce?: number;
  readonly yes?: true;
  readonly unsigned?: true;
  readonly publicKey?: string;
  readonly wait?: number;
}

const repeated = (value: string, earlier: readonly string[] = []): readonly string[] => [...earlier, value];

export const networkOption = (): Option =>
  new Option('--network <name>', 'embedded, testnet or mainnet; default WATTMAKER_NETWORK, else embedded');
export const keysOption = (): Option =>
  new Option('--keys <folder>', 'the keystore; default WATTMAKER_KEYS, else ~/.wattmaker/keys');
export const passwordFileOption = (): Option =>
  new Option('--password-file <file>', 'holds the password; else WATTMAKER_PASSWORD, else it is asked');
export const jsonOption = (): Option => new Option('--json', 'print one JSON object; the rest goes to standard error');

const urlOption = (): Option =>
  new Option('--url <url>', 'node with the indexer API; may be repeated; default WATTMAKER_URL').argParser(repeated);
const keyOption = (): Option =>
  new Option('--key <name>', 'key of the keystore, or of WATTMAKER_KEY_<NAME> in the environment');

/** A repeatable option. */
export const listOption = (flags: string, description: string): Option =>
  new Option(flags, description).argParser(repeated);

/** Adds the options by which a command finds the chain and the contract. */
export const withChainOptions = (command: Command): Command =>
  [networkOption(), urlOption(), contractOption(), jsonOption()].reduce(
    (each, option) => each.addOption(option),
    command,
  );

/** Adds the options of a command that only reads. */
export const withReadingOptions = (command: Command): Command =>
  [keyOption(), keysOption()].reduce((each, option) => each.addOption(option), withChainOptions(command));

const contractOption = (): Option => new Option('--contract <id>', 'ADDRESS.energy-grid; default WATTMAKER_CONTRACT');

/** Adds the options of a command that signs. */
export function withSigningOptions(
  command: Command,
  { contract = true }: { readonly contract?: boolean } = {},
): Command {
  const options = [
    networkOption(),
    urlOption(),
    ...(contract ? [contractOption()] : []),
    keyOption(),
    keysOption(),
    passwordFileOption(),
    new Option('--fee <µSTX>', 'the total fee, such as 500 or 0.0005STX; default by size').argParser(parseMicroStx),
    new Option('--nonce <number>', "the transaction's nonce; default the first free one").argParser(parseCount),
    new Option('--wait <seconds>', 'for the confirmation; default 120, off the embedded chain 1800').argParser(
      parseCount,
    ),
    new Option('--yes', 'sign without asking'),
    new Option('--unsigned', 'print the unsigned transaction for another wallet; needs no secret'),
    new Option('--public-key <hex>', 'of the account of --unsigned, 66 hex digits; default that of --key'),
    jsonOption(),
  ];
  return options.reduce((each, option) => each.addOption(option), command);
}
