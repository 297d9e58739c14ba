import { height, type Principal, price, type TradeId, tradeId, wh } from '../../src/core/index.ts';
import { createExecution, type Execution } from '../../src/execution/index.ts';
import type { PlannedIntent } from '../../src/trading/intent.ts';
import { collectingLog } from '../support/collecting-log.ts';
import { eventually } from '../support/eventually.ts';
import type { BenchResult } from './bench-result.ts';
import { FEES, type PipelineChain, startPipelineChain } from './pipeline-chain.ts';
import { openEmbedded } from './pipeline-stores.ts';

const BATCHES = [1, 10, 50, 100] as const;

/** What a trade pays in fees when so many go in one transaction: batches that are sent, mined and read back. */
export async function feesPerTrade(progress: (line: string) => void): Promise<BenchResult> {
  const chain = await startPipelineChain({ operators: BATCHES.length + 1 });
  try {
    const binding = { identity: await chain.port.identity(), contractId: chain.contractId };
    const stores = await openEmbedded(binding);
    const [buyer, ...sellers] = chain.operators;
    if (buyer === undefined) throw new Error('expected a buyer');
    const lane = async (operator: Principal): Promise<Execution> => {
      const { ledger, queue } = stores;
      const { port, signer } = chain;
      const deps = { ledger, queue, chain: port, signer, clock: { now: () => Date.now() }, log: collectingLog() };
      const depths = { confirmedDepth: 1, finalDepth: 2, validityBlocks: 10 };
      const execution = createExecution(deps, {
        lanes: [operator],
        lease: { holder: `bench-${operator}`, soleHolder: true },
        fee: FEES,
        ...depths,
      });
      await execution.recover();
      return execution;
    };
    const buying = await lane(buyer);
    const rows: BenchResult['rows'][number][] = [];
    for (const [index, size] of BATCHES.entries()) {
      progress(`pipeline: fees of batches of ${size}`);
      // A seller of its own for each size: one may have 100 offers open.
      const seller = sellers[index] as Principal;
      const selling = await lane(seller);
      const listed = await trade(selling, { chain, plans: await listings(chain, seller, size) });
      const bought = await trade(buying, { chain, plans: await purchases(chain, buyer, listed.values) });
      rows.push({
        'trades in a batch': size,
        'fee of a buy, µSTX': bought.fee,
        'per buy': (bought.fee / size).toFixed(1),
        'fee of a listing, µSTX': listed.fee,
        'per listing': (listed.fee / size).toFixed(1),
      });
      await selling.drain({ deadlineMs: 2_000 });
    }
    await buying.drain({ deadlineMs: 2_000 });
    await stores.close();
    const { ratePerByte, floor } = FEES;
    const limits = [
      `at the config's own ${ratePerByte} µSTX per byte and floor of ${floor} µSTX a transaction; standard principals`,
    ];
    return { name: 'pipeline: fees as the chain took them', rows, limits };
  } finally {
    await chain.stop();
  }
}

async function plan(
  chain: PipelineChain,
  account: Principal,
  intents: readonly ((now: number) => PlannedIntent['intent'])[],
): Promise<readonly PlannedIntent[]> {
  const { height: now } = await chain.port.tip();
  const common = { account, operator: account, strategy: 'bench', turn: now, height: height(now) };
  return intents.map((intent, index) => ({ id: `f${now}-${account}-${index}`, ...common, intent: intent(now) }));
}

const listings = (chain: PipelineChain, seller: Principal, count: number) =>
  plan(
    chain,
    seller,
    Array.from({ length: count }, () => (now: number) => {
      const terms = { amount: wh(10), price: price(90), openUntil: height(now + 1_000) };
      return { kind: 'list', ...terms, reason: 'bench' } as const;
    }),
  );

const purchases = (chain: PipelineChain, buyer: Principal, offers: readonly TradeId[]) =>
  plan(
    chain,
    buyer,
    offers.map(
      (offer) => () => ({ kind: 'buy', tradeId: offer, amount: wh(10), maxPrice: price(90), reason: 'bench' }) as const,
    ),
  );

/** Sends the plans as one batch and reads its fee from the chain. */
async function trade(
  execution: Execution,
  { chain, plans }: { readonly chain: PipelineChain; readonly plans: readonly PlannedIntent[] },
): Promise<{ readonly fee: number; readonly values: readonly TradeId[] }> {
  const { height: now } = await chain.port.tip();
  const { batches } = await execution.submit(plans, { height: now });
  if (batches.length !== 1) throw new Error(`expected one batch of ${plans.length} trades, was ${batches.length}`);
  await eventually(async () => {
    const { mempool } = (await execution.summary()).transactions;
    if (mempool !== 1) throw new Error(`expected one transaction in the mempool, was ${mempool}`);
  });
  await chain.mine();
  const [batch] = (await execution.confirm()).confirmed;
  const values = (batch?.entries ?? []).map(({ result }) => (result.kind === 'ok' ? result.value : null));
  if (batch === undefined || values.length !== plans.length || values.includes(null)) {
    throw new Error(`expected ${plans.length} trades to be done, was ${JSON.stringify(batch)}`);
  }
  return { fee: batch.fee, values: values.map((value) => tradeId(value ?? 0)) };
}
