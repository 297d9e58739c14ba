import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type Clock, microStx, type Principal } from '../../core/index.ts';
import { spawnDevnet } from '../../devnet/spawn-devnet.ts';
import { type SignerProcess, startSignerProcess } from '../../signer/index.ts';
import type { BotListener } from '../bot/bot-event.ts';
import { type ConfigInput, resolveConfig, type ServiceConfig, type ServiceEnvironment } from '../config/index.ts';
import { connectChain } from '../connect-chain.ts';
import { homeNames, NEEDY_HOME, spawnNeighbours } from '../neighbours/index.ts';
import type { OpenRunRecorder } from '../recording/run-recorder.ts';
import { type Service, startService } from '../start-service.ts';
import { type DemoKeystore, demoAddress, demoKeySources, findDemoKeys, openDemoKeystore } from './demo-keys.ts';
import { type DemoCast, type DemoWorldOptions, demoWorldPolicy, prepareDemoWorld } from './demo-world.ts';

export interface DemoOptions {
  readonly folder: string;
  /** Discards chain and ledger first. */
  readonly fresh: boolean;
  readonly blockIntervalMs: number;
  /** The neighbourhood's seed. */
  readonly seed: number;
  /** Of the embedded chain; 0 takes a free one. */
  readonly port: number;
  readonly environment: ServiceEnvironment;
}

export interface DemoDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly listener: BotListener;
  readonly recordRun?: OpenRunRecorder;
  /** Hears what is being set up, one line each. */
  readonly progress: (line: string) => void;
}

export interface Demo {
  readonly service: Service;
  readonly chainUrl: string;
  readonly names: ReadonlyMap<Principal, string>;
  /** Rejects when the bot or the chain must not go on. */
  readonly failure: Promise<never>;
  /** Ends neighbours and chain; after the service was drained and closed. */
  close(): Promise<void>;
}

/** µSTX that every account of the demo begins with, and what clients and operator pay into the contract. */
const GENESIS_BALANCE = '1000000000000';
const DEPOSIT = microStx(1_000_000_000);
/** Wh that the demo's prosumer in need wants to hold: what it uses in a day. With more it would leave others no bargain. */
const NEED_WH = NEEDY_HOME.dailyLoad;

/**
 * Brings up the demo: an embedded chain with a simulated neighbourhood, and a bot that trades on it for a prosumer with
 * surplus, one in need, and an account of its own. A folder that holds a demo goes on where it stopped.
 *
 * @throws ConfigError when the folder or a port is taken.
 */
export async function startDemo(deps: DemoDeps, options: DemoOptions): Promise<Demo> {
  const { clock, log, listener, progress, recordRun } = deps;
  const { folder, fresh, blockIntervalMs, seed, port, environment } = options;
  const keystore = await openDemoKeystore(join(folder, 'keys'));
  const [owner, operator, anna, ben, ...homes] = await findDemoKeys(keystore, [
    'owner',
    'operator',
    'anna',
    'ben',
    ...homeNames,
  ]);
  if (!owner || !operator || !anna || !ben) throw new Error('expected a key for every name asked for');
  const cast = { owner, operator, clients: [anna, ben] };
  const everyone = [owner, operator, anna, ben, ...homes];

  progress('starting the embedded chain');
  const devnet = await spawnDevnet({
    port,
    dataFolder: join(folder, 'chain'),
    fresh,
    blockIntervalMs,
    accounts: Object.fromEntries(everyone.map((key) => [demoAddress(key), GENESIS_BALANCE])),
  });
  const toClose: (() => Promise<unknown>)[] = [() => devnet.stop()];
  const close = async (): Promise<void> => {
    for (const step of toClose.reverse().splice(0)) await step();
  };
  try {
    const contractId = `${demoAddress(owner)}.energy-grid`;
    const config = demoConfig({
      folder,
      environment,
      chainUrl: devnet.url,
      contractId,
      seed,
      accounts: { operator: demoAddress(operator), anna: demoAddress(anna), ben: demoAddress(ben) },
    });
    await prepareWorld({ config, clock, progress }, cast, keystore, {
      contractId,
      blockIntervalMs,
      deposit: DEPOSIT,
    });

    progress('waking the neighbours and the signer');
    const neighboursReady = spawnNeighbours({ url: devnet.url, contractId, keystore, seed, blockIntervalMs });
    const signerReady = startSignerProcess({
      keys: demoKeySources(keystore, ['operator']),
      network: 'embedded',
      contractId,
      feeCap: config.fees.cap,
    });
    // The service awaits it; until then its failure must not count as told to nobody.
    signerReady.catch(() => {});
    toClose.push(
      () => neighboursReady.then((neighbours) => neighbours.stop()).catch(() => {}),
      () => signerReady.then((started) => started.close()).catch(() => {}),
    );
    await neighboursReady;

    progress('starting the bot');
    const service = await startService({
      config,
      operators: [demoAddress(operator)],
      signer: signerReady,
      directory: folder,
      clock,
      log,
      listener,
      ...(recordRun === undefined ? {} : { recordRun }),
      schema: 'wattmaker_demo',
      fresh,
    });
    const chainGone = devnet.exited.then((code) => {
      throw new Error(`the embedded chain ended by itself (exit code ${code})`);
    });
    chainGone.catch(() => {});
    return {
      service,
      chainUrl: devnet.url,
      names: new Map(config.accounts.map(({ address, name }) => [address, name])),
      failure: Promise.race([service.failure, (await signerReady).failure, chainGone]),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

interface WorldDeps {
  readonly config: ServiceConfig;
  readonly clock: Clock;
  readonly progress: (line: string) => void;
}

/** Prepares the demo's world with a signer that lives as long as that takes, and only where there is something to sign. */
async function prepareWorld(
  { config, clock, progress }: WorldDeps,
  cast: DemoCast,
  keystore: DemoKeystore,
  options: DemoWorldOptions,
): Promise<void> {
  const chain = connectChain(config, clock);
  let signing: Promise<SignerProcess> | null = null;
  const signer = (): Promise<SignerProcess> => {
    const keys = demoKeySources(keystore, ['owner', 'operator', 'anna', 'ben']);
    signing ??= startSignerProcess({ keys, ...demoWorldPolicy(options.contractId) });
    return signing;
  };
  try {
    await prepareDemoWorld({ chain, progress, signer, pause: (milliseconds) => delay(milliseconds) }, cast, options);
  } finally {
    chain.close();
    await (await (signing as Promise<SignerProcess> | null))?.close();
  }
}

interface DemoConfigParameters {
  readonly folder: string;
  readonly environment: ServiceEnvironment;
  readonly chainUrl: string;
  readonly contractId: string;
  readonly seed: number;
  readonly accounts: { readonly operator: Principal; readonly anna: Principal; readonly ben: Principal };
}

/** The demo's config goes through the one schema, as a user's would. */
function demoConfig({
  folder,
  environment,
  chainUrl,
  contractId,
  seed,
  accounts,
}: DemoConfigParameters): ServiceConfig {
  const input: ConfigInput = {
    network: 'embedded',
    chain: { urls: [chainUrl], contract: contractId },
    accounts: [
      { name: 'anna', address: accounts.anna, strategy: 'surplus-seller' },
      { name: 'ben', address: accounts.ben, strategy: 'bargain-buyer', targetWh: NEED_WH },
      { name: 'maker', address: accounts.operator, strategy: 'market-maker' },
    ],
    data: folder,
    seed,
  };
  return resolveConfig(input, { baseFolder: folder, environment, name: "the demo's config" });
}
