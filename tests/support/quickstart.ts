import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keyFromText, newKey, openKeystore } from '../../src/signer/index.ts';
import { eventually } from './eventually.ts';
import { runCommand } from './run-command.ts';
import { type Finished, startWattmaker, type Wattmaker } from './run-wattmaker.ts';

const NAMES = ['owner', 'operator', 'anna', 'ben', 'carla'] as const;
export type Name = (typeof NAMES)[number];

/** The world of docs/quickstart.md, made by the commands alone, each a process of its own. */
export interface Quickstart {
  readonly folder: string;
  readonly configFile: string;
  readonly data: string;
  readonly url: string;
  readonly contract: string;
  readonly address: Readonly<Record<Name, string>>;
  /** The secrets that went into it, and the password that covers them. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Standard output and error of every process so far. */
  printed(): string;
  /** Runs a command to its end. */
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Finished>;
  /** Runs a command that must succeed with `--json`. */
  done(...args: readonly string[]): Promise<Record<string, unknown>>;
  /** Signs as a prosumer or the owner. */
  sign(name: Name, ...args: readonly string[]): Promise<Record<string, unknown>>;
  start(args: readonly string[], env?: Readonly<Record<string, string>>): Wattmaker;
  /** Writes another config file beside the first; `change` edits the text. */
  variant(name: string, change: (text: string) => string): Promise<string>;
  /** Begins the chain anew, with the same contract deployed; answers its URL. */
  otherChain(): Promise<string>;
  stop(): Promise<void>;
}

interface QuickstartOptions {
  readonly blockIntervalMs: number;
  /**
   * Whether what is signed to make the world is signed by commands in this process, and keys guarded by little work: for
   * tests of what comes after, since some twenty processes take more of the machine than all else that such a test does.
   * `run`, `start` and `done` begin processes all the same. @default false
   */
  readonly inThisProcess?: boolean;
}

/** scrypt's work for keys that guard nothing. */
const LITTLE_WORK = { n: 2 ** 10, r: 8, p: 1 } as const;

/**
 * Keys, an embedded chain of its own process, the contract, prosumers and delegations, as the quickstart tells it. The
 * operator's and Anna's keys are imported, so that a test knows what must appear nowhere.
 */
export async function quickstart(options: QuickstartOptions): Promise<Quickstart> {
  const { blockIntervalMs, inThisProcess = false } = options;
  const folder = await mkdtemp(join(tmpdir(), 'wattmaker-quickstart-'));
  const password = 'a password for quickstart tests';
  const processes: Wattmaker[] = [];
  const passwordFile = join(folder, 'password');
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  const env: Record<string, string> = { WATTMAKER_KEYS: join(folder, 'keys') };

  const start: Quickstart['start'] = (args, more = {}) => {
    const wattmaker = startWattmaker(args, { cwd: folder, env: { ...env, ...more } });
    processes.push(wattmaker);
    return wattmaker;
  };
  const run: Quickstart['run'] = (args, more) => start(args, more).finished;
  const done: Quickstart['done'] = async (...args) => {
    const finished = await run([...args, '--json']);
    if (finished.code === 0 && finished.json !== null) return finished.json;
    throw new Error(`expected \`${args.join(' ')}\` to succeed, was ${finished.code}: ${finished.stderr}`);
  };
  const doneHere: Quickstart['done'] = async (...args) => {
    const { code, out, err } = await runCommand([...args, '--json'], { environment: env });
    if (code === 0) return JSON.parse(out.trim().split('\n').at(-1) ?? '');
    throw new Error(`expected \`${args.join(' ')}\` to succeed, was ${code}: ${err}`);
  };
  const sign: Quickstart['sign'] = (name, ...args) =>
    (inThisProcess ? doneHere : done)(...args, '--key', name, '--password-file', passwordFile, '--yes');
  const addKey = async (name: Name, secret: string | undefined): Promise<string> => {
    if (inThisProcess) {
      const key = secret === undefined ? newKey(name) : keyFromText({ name, text: `${secret}01` });
      return (await openKeystore(env.WATTMAKER_KEYS ?? '', LITTLE_WORK).add(key, password)).address.testnet;
    }
    const how = secret === undefined ? ['new', name] : ['import', name, '--file', `${name}.secret`];
    const { address } = await done('keys', ...how, '--password-file', passwordFile);
    return (address as { testnet: string }).testnet;
  };

  const stop = async (): Promise<void> => {
    for (const one of processes) one.process.kill('SIGKILL');
    await Promise.all(processes.map(({ finished }) => finished));
    await rm(folder, { recursive: true, force: true });
  };

  try {
    const secrets: Record<string, string> = { password };
    for (const name of ['operator', 'anna'] as const) {
      secrets[name] = createHash('sha256').update(`wattmaker quickstart key ${name}`).digest('hex');
      await writeFile(join(folder, `${name}.secret`), `${secrets[name]}01\n`, { mode: 0o600 });
    }
    const address = {} as Record<Name, string>;
    await inTwos(NAMES, async (name) => {
      address[name] = await addKey(name, secrets[name]);
    });

    const funds = NAMES.flatMap((name) => ['--fund', `${address[name]}=1000000000`]);
    const interval = String(blockIntervalMs);
    const startDevnet = async (...more: readonly string[]): Promise<Wattmaker & { readonly url: string }> => {
      const devnet = start(['devnet', '--json', '--data', 'devnet', '--block-interval', interval, ...funds, ...more]);
      const { url } = await eventually(() => JSON.parse(devnet.stdout()) as { url: string }, { timeoutMs: 30_000 });
      return { ...devnet, url };
    };
    const devnet = await startDevnet('--port', '0');
    const { url } = devnet;
    const contract = `${address.owner}.energy-grid`;
    Object.assign(env, { WATTMAKER_URL: url, WATTMAKER_CONTRACT: contract });

    await sign('owner', 'deploy');
    await inTwos(['owner', 'anna', 'ben', 'carla'] as const, (name) =>
      name === 'owner' ? sign(name, 'owner', 'set-price', '100') : sign(name, 'register'),
    );
    const limits = (spend: string, energy: string, buy: string, sell: string): string[] => [
      '--spend',
      spend,
      '--energy',
      energy,
      '--max-buy',
      buy,
      '--min-sell',
      sell,
      '--expires-in',
      '50000',
    ];
    await inTwos(['anna', 'ben', 'carla'] as const, async (name) => {
      if (name !== 'ben') await sign(name, 'deposit', '5STX');
      if (name !== 'anna') await sign(name, 'energy', 'add', name === 'ben' ? '8kWh' : '5kWh');
      if (name === 'anna') await sign(name, 'delegate', address.operator, ...limits('3STX', '0', '110', '1'));
      if (name === 'ben') await sign(name, 'delegate', address.operator, ...limits('0', '400kWh', '0', '60'));
    });

    const configFile = join(folder, 'wattmaker.yaml');
    const text = `network: embedded
chain:
  urls: [${url}]
  contract: ${contract}
operators:
  - key: operator
accounts:
  - name: anna
    address: ${address.anna}
    strategy: bargain-buyer
    targetWh: 10000
  - name: ben
    address: ${address.ben}
    strategy: surplus-seller
data: data
`;
    await writeFile(configFile, text);
    return {
      folder,
      configFile,
      data: join(folder, 'data'),
      url,
      contract,
      address,
      secrets,
      printed: () => processes.map((one) => `${one.stdout()}${one.stderr()}`).join('\n'),
      run,
      done,
      sign,
      start: (args, more) => start([...args, '--password-file', passwordFile], more),
      async variant(name, change) {
        const file = join(folder, `${name}.yaml`);
        await writeFile(file, change(text.replace('data: data', `data: data-${name}`)));
        return file;
      },
      async otherChain() {
        devnet.process.kill('SIGINT');
        await devnet.finished;
        const { url: same } = await startDevnet('--port', new URL(url).port, '--fresh');
        await sign('owner', 'deploy');
        return same;
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Two at a time: more processes than that only wait for each other. */
async function inTwos<Item>(items: readonly Item[], work: (item: Item) => Promise<unknown>): Promise<void> {
  const rest = [...items];
  const lane = async (): Promise<void> => {
    for (let next = rest.shift(); next !== undefined; next = rest.shift()) await work(next);
  };
  await Promise.all([lane(), lane()]);
}
