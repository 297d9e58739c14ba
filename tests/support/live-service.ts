import { join } from 'node:path';
import pino from 'pino';
import { createChainClient } from '../../src/chain/index.ts';
import { recordLiveRun } from '../../src/cli/record/record-live-run.ts';
import { type GridCall, gridContractSource } from '../../src/contract/index.ts';
import { microStx, type Principal, principal, seededRandom } from '../../src/core/index.ts';
import { type ConfigInput, resolveConfig } from '../../src/service/config/index.ts';
import { startService } from '../../src/service/index.ts';
import { createLocalSigner, keyFromText } from '../../src/signer/index.ts';
import { startTestDevnet, testAccount } from './devnet.ts';
import { eventually } from './eventually.ts';

interface Person {
  readonly address: Principal;
  readonly key: ReturnType<typeof keyFromText>;
}

const people = [0, 1, 2, 3].map((index) => {
  const { address, privateKey } = testAccount(index);
  return { address: principal(address), key: keyFromText({ name: `account-${index}`, text: privateKey }) };
}) as [Person, Person, Person, Person];
const [owner, operator, ben, alice] = people;

/** The private keys of everybody, for a search of what was written. */
export const liveSecrets = Object.fromEntries(
  [0, 1, 2, 3].map((index) => [`account-${index}`, testAccount(index).privateKey]),
);

const clock = { now: () => Date.now() };
const feeCap = microStx(1_000_000);

/**
 * A chain that mines on demand, on which the service trades for two accounts: Ben's, who wants energy, and the operator's own,
 * as a market-maker. Alice sells.
 */
export async function liveService(folder: string) {
  const devnet = await startTestDevnet();
  const contractId = `${owner.address}.energy-grid`;
  const chain = createChainClient({
    urls: [devnet.url],
    contractId,
    network: 'embedded',
    clock,
    random: seededRandom(1),
  });

  async function sign({ address, key }: Person, call: GridCall, at?: { readonly nonce: number }): Promise<string> {
    const signer = createLocalSigner({ keys: [key], network: 'embedded', contractId, feeCap, calls: 'every' });
    const { nonce } = at ?? (await chain.account(address));
    return (await signer.sign({ signer: address, call, nonce, fee: microStx(1_000) })).hex;
  }
  /** Posts a call and mines it. */
  async function act(person: Person, call: GridCall): Promise<void> {
    await chain.broadcast(await sign(person, call));
    await devnet.mine();
  }

  const signer = createLocalSigner({ keys: [owner.key], network: 'embedded', contractId, feeCap, calls: 'every' });
  const source = gridContractSource();
  await chain.broadcast(
    (await signer.signDeploy({ signer: owner.address, source, nonce: 0, fee: microStx(500_000) })).hex,
  );
  await devnet.mine();
  for (const person of [operator, ben, alice]) await act(person, { kind: 'registerProsumer' });
  for (const person of [operator, ben]) await act(person, { kind: 'addFunds', amount: 50_000_000n });
  await act(alice, { kind: 'addEnergy', amount: 1_000_000n });
  await act(ben, {
    kind: 'delegateTrading',
    operator: operator.address,
    spendLimit: 1_000_000_000n,
    energyLimit: 1_000_000n,
    maxBuyPrice: 400n,
    minSellPrice: 20n,
    expiresAt: 1_000_000n,
  });

  const input: ConfigInput = {
    network: 'embedded',
    chain: { urls: [devnet.url], contract: contractId },
    accounts: [
      { name: 'ben', address: ben.address, strategy: 'bargain-buyer', targetWh: 50_000 },
      { name: 'maker', address: operator.address, strategy: 'market-maker' },
    ],
    polling: { everyMs: 100 },
    data: 'data',
  };
  const config = resolveConfig(input, { baseFolder: folder, environment: {} });
  const logged: string[] = [];
  const log = pino({ level: 'warn' }, { write: (line: string) => void logged.push(line) });

  return {
    devnet,
    logged,
    recordings: join(folder, 'data', 'recordings'),
    operator: operator.address,
    /** A bot, as `wattmaker run` composes it, after its first turn. */
    async start() {
      const service = await startService({
        config,
        operators: [operator.address],
        signer: createLocalSigner({ keys: [operator.key], network: 'embedded', contractId, feeCap }),
        directory: folder,
        clock,
        log,
        listener: () => {},
        recordRun: recordLiveRun({ log }),
      });
      service.failure.catch(() => {});
      const settled = async (height: number): Promise<void> => {
        await eventually(() => {
          const { lastTurn, trouble } = service.bot.status();
          if (lastTurn?.height !== height) throw new Error(`no turn at ${height} yet: ${trouble}`);
        });
      };
      await settled((await chain.tip()).height);
      return {
        service,
        /** A block in which Alice lists at a price; waits for the bot's turn on it. */
        async block(asked: number, amount = 500) {
          const call = { kind: 'tradeEnergy', amount: BigInt(amount), price: BigInt(asked) } as const;
          await chain.broadcast(await sign(alice, call));
          await settled(await devnet.mine());
        },
        /** A block without anything of others. */
        idle: async () => settled(await devnet.mine()),
        /** The last blocks are replaced; in the place of the first is an offer of Alice's that was not there before. */
        async reorg(depth: number) {
          const before = service.bot.status().turn;
          const call = { kind: 'tradeEnergy', amount: 333n, price: 44n } as const;
          const { nonce } = await chain.account(alice.address);
          // She listed once in each block that is taken back.
          const hex = await sign(alice, call, { nonce: nonce - depth });
          await devnet.faults.reorg({ depth, transactions: 'forget', include: [hex] });
          await eventually(() => {
            const { turn, trouble } = service.bot.status();
            if (turn <= before) throw new Error(`no turn after the reorg yet: ${trouble}`);
          });
        },
        async stop() {
          await service.drain();
          await service.close();
        },
      };
    },
    async stop() {
      chain.close();
      await devnet.stop();
    },
  };
}
