import { createChainClient } from '../../src/chain/index.ts';
import { type GridCall, MAX_BATCH_ENTRIES, reads } from '../../src/contract/index.ts';
import { MAX_AMOUNT, principal, seededRandom } from '../../src/core/index.ts';
import { startTestDevnet, TEST_BALANCE, type TestAccount, testAccount } from '../support/devnet.ts';
import { signGridCall, signGridDeployment } from '../support/sign-grid-call.ts';
import { OFFER_PRICE, OFFER_WH, type PollMarket } from './poll-market.ts';

/** At most 100 offers each may be open, and a round of 500 events lists 250 more. */
const SELLERS = 20;
/** A batch of 100 entries takes a tenth of what a block may read, and 25 transactions of one signer may wait. */
const BATCHES_PER_BLOCK = 8;
const NO_LIMIT = BigInt(MAX_AMOUNT);

const [owner, operator, buyer, ...sellers] = Array.from({ length: 3 + SELLERS }, (_, index) => testAccount(index)) as [
  TestAccount,
  TestAccount,
  TestAccount,
  ...TestAccount[],
];
const contractId = `${owner.address}.energy-grid`;

export interface PollMarketOverHttp {
  /** Trades until so many offers were ever listed, of which so many are still open. */
  grow(to: { readonly historic: number; readonly open: number }): Promise<PollMarket>;
  stop(): Promise<void>;
}

/**
 * A market on an embedded chain in a process of its own: an operator trades for prosumers who delegated to it, by batch
 * calls that are signed and posted like any others, and the polls go through the bot's own HTTP client.
 */
export async function startPollMarketOverHttp(progress: (line: string) => void): Promise<PollMarketOverHttp> {
  const everyone = [owner, operator, buyer, ...sellers];
  const accounts = Object.fromEntries(everyone.map(({ address }) => [address, TEST_BALANCE.toString()]));
  const devnet = await startTestDevnet({ accounts });
  const clock = { now: () => Date.now() };
  const port = createChainClient({
    urls: [devnet.url],
    contractId,
    network: 'embedded',
    clock,
    random: seededRandom(1),
  });
  const nonces = new Map<string, number>();
  let listed = 0;
  let bought = 0;

  const nextNonce = ({ address }: TestAccount): number => {
    const nonce = nonces.get(address) ?? 0;
    nonces.set(address, nonce + 1);
    return nonce;
  };

  async function post(hex: string): Promise<void> {
    const outcome = await port.broadcast(hex);
    if (outcome.kind !== 'accepted') throw new Error(`a transaction of the benchmark was ${JSON.stringify(outcome)}`);
  }

  async function act(account: TestAccount, call: GridCall): Promise<void> {
    const signed = await signGridCall(account, call, { contractId, nonce: nextNonce(account), fee: 20_000 });
    await post(signed.hex);
  }

  function listing(count: number): GridCall {
    const entries = Array.from({ length: count }, (_, index) => {
      const seller = sellers[(listed + index) % sellers.length] as TestAccount;
      return { seller: principal(seller.address), amount: OFFER_WH, price: OFFER_PRICE };
    });
    listed += count;
    return { kind: 'tradeEnergyFor', validUntil: NO_LIMIT, openUntil: NO_LIMIT, entries };
  }

  /** Buys the oldest open offers. */
  function purchase(count: number): GridCall {
    const entries = Array.from({ length: count }, (_, index) => ({
      buyer: principal(buyer.address),
      tradeId: BigInt(bought + index + 1),
      amount: OFFER_WH,
      maxPrice: OFFER_PRICE,
    }));
    bought += count;
    return { kind: 'buyEnergyFor', validUntil: NO_LIMIT, entries };
  }

  async function run(calls: readonly GridCall[]): Promise<void> {
    for (let start = 0; start < calls.length; start += BATCHES_PER_BLOCK) {
      for (const call of calls.slice(start, start + BATCHES_PER_BLOCK)) await act(operator, call);
      await devnet.mine();
    }
  }

  /** The contract's own count of its events: an entry that was refused would be missing. */
  async function expectEvents(expected: number): Promise<void> {
    const { sequence, lastTradeId } = await port.read(reads.market());
    if (sequence !== expected || lastTradeId !== listed) {
      throw new Error(`expected ${expected} events and ${listed} trades, was ${sequence} and ${lastTradeId}`);
    }
  }

  await post((await signGridDeployment(owner, nextNonce(owner))).hex);
  await devnet.mine();
  for (const account of [buyer, ...sellers]) {
    await act(account, { kind: 'registerProsumer' });
    await act(account, { kind: 'addEnergy', amount: 1_000_000_000n });
    await act(account, {
      kind: 'delegateTrading',
      operator: principal(operator.address),
      spendLimit: NO_LIMIT,
      energyLimit: NO_LIMIT,
      maxBuyPrice: OFFER_PRICE,
      minSellPrice: OFFER_PRICE,
      expiresAt: NO_LIMIT,
    });
  }
  await act(buyer, { kind: 'addFunds', amount: TEST_BALANCE / 2n });
  await devnet.mine();
  const settingUp = 3 * (1 + sellers.length) + 1;
  await expectEvents(settingUp);

  async function trade(lists: number, buys: number): Promise<void> {
    await run([...inBatches(lists).map(listing), ...inBatches(buys).map(purchase)]);
    await expectEvents(settingUp + listed + bought);
  }

  return {
    async grow({ historic, open }) {
      let told = listed;
      while (listed < historic) {
        const lists = Math.min((BATCHES_PER_BLOCK / 2) * MAX_BATCH_ENTRIES, historic - listed);
        await trade(lists, Math.max(0, listed + lists - bought - open));
        if (listed - told < 2_000 && listed < historic) continue;
        told = listed;
        progress(`poll: ${listed} of ${historic} trades on the embedded chain`);
      }
      return {
        runsOn: 'embedded chain, HTTP',
        port,
        historic,
        open,
        sellers: sellers.length,
        owner: principal(owner.address),
        prosumers: [principal(buyer.address)],
        delegations: [{ prosumer: principal(buyer.address), operator: principal(operator.address) }],
        trade: (events) => trade(Math.ceil(events / 2), Math.floor(events / 2)),
      };
    },
    async stop() {
      port.close();
      await devnet.stop();
    },
  };
}

function inBatches(count: number): number[] {
  const full = Array.from({ length: Math.floor(count / MAX_BATCH_ENTRIES) }, () => MAX_BATCH_ENTRIES);
  const rest = count % MAX_BATCH_ENTRIES;
  return rest === 0 ? full : [...full, rest];
}
