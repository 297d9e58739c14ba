import { Command, Option } from 'commander';
import { ConfigError } from '../core/index.ts';
import {
  addressOf,
  assertUsableOn,
  type Key,
  keyFromEnvironment,
  keyFromText,
  keyName,
  newKey,
  newWords,
  type StoredKey,
} from '../signer/index.ts';
import { parseCount } from './amounts.ts';
import { type CommandIo, createReport, processIo } from './command-io.ts';
import { choosePassword } from './passwords.ts';
import { keystoreOf, networkOf } from './wallet.ts';
import { type ChainOptions, jsonOption, keysOption, networkOption, passwordFileOption } from './wallet-options.ts';

interface KeysOptions {
  readonly keys?: string;
  readonly passwordFile?: string;
  readonly json?: true;
}

interface ImportOptions extends KeysOptions {
  readonly network?: string;
  readonly file?: string;
  readonly account?: number;
}

/** `wattmaker keys`: the encrypted keystore. No sub-command shows a stored secret. */
export function keysCommand(io: CommandIo = processIo()): Command {
  const add = new Command('new')
    .description('make a key and store it encrypted')
    .argument('<name>', 'small letters, digits and dashes', keyName)
    .option('--phrase', 'make it from 24 new words and show them once, on a terminal only')
    .addOption(keysOption())
    .addOption(passwordFileOption())
    .addOption(jsonOption())
    .action((name: string, options: KeysOptions & { phrase?: true }) => makeKey(io, name, options));

  const bring = new Command('import')
    .description('store a key you have: 12 or 24 words, or a private key in hex, asked for or read from standard input')
    .argument('<name>', 'small letters, digits and dashes', keyName)
    .option('--file <file>', 'read the secret from a file')
    .addOption(new Option('--account <number>', "N of m/44'/5757'/0'/0/N").argParser(parseCount).default(0))
    .addOption(networkOption())
    .addOption(keysOption())
    .addOption(passwordFileOption())
    .addOption(jsonOption())
    .action((name: string, options: ImportOptions) => importKey(io, name, options));

  const list = new Command('list')
    .description('list the stored keys and their addresses; needs no password')
    .addOption(keysOption())
    .addOption(jsonOption())
    .action((options: KeysOptions) => listKeys(io, options));

  const address = new Command('address')
    .description('print the address of a key and nothing else, for scripts; needs no password')
    .argument('<name>', 'name of the key', keyName)
    .addOption(networkOption())
    .addOption(keysOption())
    .action(async (name: string, options: KeysOptions & ChainOptions) => {
      const { publicKey } = keyFromEnvironment(name, io.environment) ?? (await keystoreOf(io, options).find(name));
      io.writeOut(`${addressOf(publicKey, networkOf(io, options))}\n`);
    });

  return new Command('keys')
    .description('keep the keys you sign with, encrypted')
    .addCommand(add)
    .addCommand(bring)
    .addCommand(list)
    .addCommand(address);
}

async function makeKey(io: CommandIo, name: string, options: KeysOptions & { phrase?: true }): Promise<void> {
  if (!options.phrase) return store(io, newKey(name), options);
  if (!io.interactive || options.json) {
    throw new ConfigError('expected a terminal to show the words on, found none', { hints: ['Leave --phrase out.'] });
  }
  const words = newWords();
  await store(io, keyFromText({ name, text: words }), options);
  io.writeErr(`\nWrite these words down and keep them off computers. They are not shown again:\n\n  ${words}\n\n`);
}

async function importKey(io: CommandIo, name: string, options: ImportOptions): Promise<void> {
  const text = await readSecret(io, name, options);
  const key = keyFromText({ name, text, account: options.account ?? 0 });
  assertUsableOn(key, networkOf(io, options));
  await store(io, key, options);
}

async function readSecret(io: CommandIo, name: string, { file }: ImportOptions): Promise<string> {
  if (file !== undefined) return io.readFile(file);
  if (io.interactive) return io.askSecret(`Words or private key of "${name}":`);
  return io.readInput();
}

async function store(io: CommandIo, key: Key, options: KeysOptions): Promise<void> {
  const keystore = keystoreOf(io, options);
  const stored = await keystore.add(key, await choosePassword(io, key.name, options));
  const report = createReport(io, { json: options.json === true });
  report.line(`stored key "${stored.name}" in ${keystore.folder}`);
  showKey(report.line, stored);
  report.line('Back up this folder: without the file, or without its password, the key is lost.');
  report.result({ keys: keystore.folder, ...stored });
}

async function listKeys(io: CommandIo, options: KeysOptions): Promise<void> {
  const keystore = keystoreOf(io, options);
  const keys = await keystore.list();
  const report = createReport(io, { json: options.json === true });
  if (keys.length === 0) report.line(`no keys in ${keystore.folder}`);
  for (const key of keys) {
    report.line(key.name);
    showKey(report.line, key);
  }
  report.result({ folder: keystore.folder, keys });
}

function showKey(line: (text: string) => void, { address, publicKey, embeddedOnly }: StoredKey): void {
  line(`  embedded, testnet  ${address.testnet}`);
  line(`  mainnet            ${embeddedOnly ? 'refused: a published account of Clarinet' : address.mainnet}`);
  line(`  public key         ${publicKey}`);
}
