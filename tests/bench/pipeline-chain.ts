import { createChainClient } from '../../src/chain/index.ts';
import { type GridCall, gridContractSource } from '../../src/contract/index.ts';
import { microStx, type Principal, principal, seededRandom } from '../../src/core/index.ts';
import type { ChainPort, FeePolicy, SignerPort, SignRequest } from '../../src/execution/index.ts';
import { createLocalSigner, keyFromText } from '../../src/signer/index.ts';
import { startTestDevnet, TEST_BALANCE, type TestAccount, testAccount } from '../support/devnet.ts';

/** As the config has it where nothing else is said. */
export const FEES: FeePolicy = { ratePerByte: 1.2, floor: microStx(300), cap: microStx(100_000) };

const FEE_CAP = microStx(1_000_000);
const SETUP_FEE = microStx(2_000);

export interface PipelineChain {
  readonly port: ChainPort;
  readonly contractId: string;
  /** Holds the key of every operator. */
  readonly signer: SignerPort;
  readonly operators: readonly Principal[];
  /** Signs, posts and answers once a node has it: what the bare loop does and nothing else. */
  post(request: SignRequest): Promise<void>;
  /** Mines all that waits. */
  mine(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * An embedded chain in a process of its own that mines on demand, with the contract and so many operators, each with
 * energy and funds of its own to trade with.
 */
export async function startPipelineChain({ operators: count }: { readonly operators: number }): Promise<PipelineChain> {
  const [owner, ...accounts] = Array.from({ length: count + 1 }, (_, index) => testAccount(index)) as [
    TestAccount,
    ...TestAccount[],
  ];
  const funded = Object.fromEntries([owner, ...accounts].map(({ address }) => [address, TEST_BALANCE.toString()]));
  const devnet = await startTestDevnet({ accounts: funded });
  const contractId = `${owner.address}.energy-grid`;
  const clock = { now: () => Date.now() };
  const port = createChainClient({
    urls: [devnet.url],
    contractId,
    network: 'embedded',
    clock,
    random: seededRandom(1),
    // Fifty requests at once wait for a chain that works on one: on a busy machine for longer than usual.
    deadlineMs: 60_000,
    totalMs: 120_000,
  });
  const keys = [owner, ...accounts].map(({ name, privateKey }) => keyFromText({ name, text: privateKey }));
  const policy = { keys, network: 'embedded', contractId, feeCap: FEE_CAP } as const;
  const signer = createLocalSigner(policy);
  const operators = accounts.map(({ address }) => principal(address));

  const send = async (hex: string): Promise<void> => {
    const outcome = await port.broadcast(hex);
    if (outcome.kind !== 'accepted') throw new Error(`a transaction of the benchmark was ${JSON.stringify(outcome)}`);
  };
  const setup = createLocalSigner({ ...policy, calls: 'every' });
  const terms = { signer: principal(owner.address), nonce: 0, fee: microStx(500_000) };
  const deploy = await setup.signDeploy({ ...terms, source: gridContractSource() });
  await send(deploy.hex);
  await devnet.mine();
  const calls: readonly GridCall[] = [
    { kind: 'registerProsumer' },
    { kind: 'addEnergy', amount: 1_000_000n },
    { kind: 'addFunds', amount: 1_000_000n },
  ];
  const prepare = async (operator: Principal) => {
    for (const [nonce, call] of calls.entries()) {
      await send((await setup.sign({ signer: operator, call, nonce, fee: SETUP_FEE })).hex);
    }
  };
  for (let from = 0; from < operators.length; from += 10) {
    await Promise.all(operators.slice(from, from + 10).map(prepare));
  }
  const mine = async (): Promise<void> => {
    // A block takes at most 1,000 transactions.
    await devnet.mine(3);
  };
  await mine();

  return {
    port,
    contractId,
    signer,
    operators,
    async post(request) {
      await send((await signer.sign(request)).hex);
    },
    mine,
    async stop() {
      port.close();
      await devnet.stop();
    },
  };
}

/** Nonces that setting up took of each operator. */
export const SETUP_NONCES = 3;
