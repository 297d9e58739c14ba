import { type GridCall, gridContractSource, reads } from '../../contract/index.ts';
import { type MicroStx, microStx, type Principal } from '../../core/index.ts';
import type { ChainPort } from '../../execution/index.ts';
import type { GridSigner, SigningPolicy, StoredKey } from '../../signer/index.ts';
import { prepareCall, prepareDeploy, type SendDeps, type SendOptions, sendCall, sendDeploy } from '../wallet/index.ts';
import { demoAddress } from './demo-keys.ts';

/** What a client of the demo delegates to the operator: far more than a demo trades, and still a bound. */
const DELEGATION = {
  spendLimit: 10_000_000_000n,
  energyLimit: 10_000_000n,
  maxBuyPrice: 400n,
  minSellPrice: 20n,
  blocks: 1_000_000n,
} as const;

const FEE_CAP = microStx(1_000_000);
const NETWORK = 'embedded';

export interface DemoCast {
  readonly owner: DemoAccount;
  readonly operator: DemoAccount;
  /** Prosumers that delegate to the operator. */
  readonly clients: readonly DemoAccount[];
}

export type DemoAccount = Pick<StoredKey, 'publicKey'>;

/** What whoever signs for the cast must allow. */
export const demoWorldPolicy = (contractId: string) =>
  ({ network: NETWORK, contractId, feeCap: FEE_CAP, calls: 'every' }) as const satisfies SigningPolicy;

export interface DemoWorldDeps {
  readonly chain: ChainPort;
  /** Signs for the whole cast, by `demoWorldPolicy`; asked for when something is to be signed. */
  readonly signer: () => Promise<GridSigner>;
  readonly pause: (milliseconds: number) => Promise<void>;
  readonly progress: (line: string) => void;
}

export interface DemoWorldOptions {
  readonly contractId: string;
  readonly blockIntervalMs: number;
  /** What each client and the operator pay into the contract at the start. */
  readonly deposit: MicroStx;
}

const MAX_BLOCKS_TO_WAIT = 30;

/**
 * Brings the chain to where the bot can trade: contract deployed, clients registered, funded and delegating, the operator
 * registered and funded for its own account. Does only what is missing, so it is safe on every start.
 *
 * @throws RejectedError when the chain refuses one of these steps.
 */
export async function prepareDemoWorld(deps: DemoWorldDeps, cast: DemoCast, options: DemoWorldOptions): Promise<void> {
  const { chain, pause } = deps;
  const { contractId, blockIntervalMs, deposit } = options;
  const quiet: SendDeps = { chain, pause, progress: () => {} };
  const sending: SendOptions = {
    timeoutMs: MAX_BLOCKS_TO_WAIT * blockIntervalMs,
    pollMs: Math.max(Math.floor(blockIntervalMs / 8), 50),
  };
  const target = { chain, network: NETWORK, contractId } as const;

  if ((await chain.contractSource()) === null) {
    deps.progress('deploying the contract');
    const { publicKey } = cast.owner;
    const source = gridContractSource();
    const prepared = await prepareDeploy(target, source, { publicKey, feeCap: FEE_CAP });
    const { sender, nonce, fee } = prepared;
    const signer = await deps.signer();
    await sendDeploy(quiet, await signer.signDeploy({ signer: sender, source, nonce, fee }), sending);
  }

  const operator = demoAddress(cast.operator);
  const missing = await missingSteps(chain, cast, { operator, deposit });
  if (missing.length === 0) return;
  deps.progress('registering, funding and delegating');
  const signer = await deps.signer();
  await Promise.all(
    missing.map(async ({ key, calls }) => {
      const { nonce: first } = await chain.account(demoAddress(key));
      // One nonce chain an account: all of its calls go into one block.
      await Promise.all(
        calls.map(async (call, index) => {
          const terms = { publicKey: key.publicKey, feeCap: FEE_CAP, nonce: first + index };
          return sendCall({ ...quiet, signer }, await prepareCall(target, call, terms), sending);
        }),
      );
    }),
  );
}

interface Steps {
  readonly key: DemoAccount;
  readonly calls: readonly GridCall[];
}

async function missingSteps(
  chain: ChainPort,
  cast: DemoCast,
  { operator, deposit }: { readonly operator: Principal; readonly deposit: MicroStx },
): Promise<Steps[]> {
  const keys = [...cast.clients, cast.operator];
  const principals = keys.map(demoAddress);
  const pairs = principals.map((prosumer) => ({ prosumer, operator }));
  const { height } = await chain.read(reads.market());
  const [records, grants] = await Promise.all([
    chain.read(reads.prosumers(principals)),
    chain.read(reads.delegations(pairs)),
  ]);
  return keys
    .map((key, index): Steps => {
      const record = records[index];
      const grant = grants[index];
      const calls: GridCall[] = [];
      if (!record) calls.push({ kind: 'registerProsumer' }, { kind: 'addFunds', amount: BigInt(deposit) });
      if (principals[index] !== operator && (!grant || grant.expiresAt <= height)) {
        const { blocks, ...limits } = DELEGATION;
        calls.push({ kind: 'delegateTrading', operator, ...limits, expiresAt: BigInt(height) + blocks });
      }
      return { key, calls };
    })
    .filter(({ calls }) => calls.length > 0);
}
