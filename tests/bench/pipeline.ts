import type { BatchCall, GridCall } from '../../src/contract/index.ts';
import { height, type Principal, price, wh } from '../../src/core/index.ts';
import { feeFor } from '../../src/execution/fee.ts';
import { createExecution, type QueuePort } from '../../src/execution/index.ts';
import type { PlannedIntent } from '../../src/trading/intent.ts';
import { collectingLog } from '../support/collecting-log.ts';
import { eventually } from '../support/eventually.ts';
import type { Bench, BenchResult } from './bench-result.ts';
import { FEES, type PipelineChain, SETUP_NONCES, startPipelineChain } from './pipeline-chain.ts';
import { feesPerTrade } from './pipeline-fees.ts';
import { openEmbedded, openServers, type PipelineStores } from './pipeline-stores.ts';

const LANES = 50;
/** Of each lane in a wave; all waves together stay below the 100 offers that one prosumer may have open. */
const PER_WAVE = 4;
const WAVES = 5;
const TRANSACTIONS = LANES * PER_WAVE;
const AIM = '60 %';

/** Transactions per second from intent to accepted, against a loop that only signs and posts; and fees per trade. */
export const pipelineBench: Bench = async (progress) => {
  const rows: BenchResult['rows'][number][] = [];
  for (const open of [openServers, openEmbedded]) {
    // As many operators again for the bare loop: each side has its own nonces.
    const chain = await startPipelineChain({ operators: 2 * LANES });
    try {
      const binding = { identity: await chain.port.identity(), contractId: chain.contractId };
      const stores = await open(binding, progress);
      if (stores === null) continue;
      try {
        rows.push(await compare(stores, { chain, progress }));
      } finally {
        await stores.close();
      }
    } finally {
      await chain.stop();
    }
  }
  const throughput = {
    name: `pipeline: ${LANES} lanes, ${WAVES} waves of ${TRANSACTIONS} transactions of one trade each`,
    rows,
    limits: [
      `aim: ${AIM} on Redis + Postgres; pipeline: from intents to accepted by the node and written down as such`,
      'bare loop: signs and posts as many of the same calls with the same signer and client, no queue, no ledger; each lane',
      `  one after the other, all ${LANES} at once, as the pipeline has ${LANES} posts at once; wave by wave in turn with it`,
      'the chain is a process on this machine and admits one transaction after the other: a bound of both alike',
      'mining and confirming, between the waves, are not timed; the first wave warms up and does not count',
    ],
  };
  return [throughput, await feesPerTrade(progress)];
};

interface CompareParameters {
  readonly chain: PipelineChain;
  readonly progress: (line: string) => void;
}

async function compare(stores: PipelineStores, { chain, progress }: CompareParameters) {
  const bare = bareLoop(chain, chain.operators.slice(0, LANES));
  const pipeline = await pipelineOf(stores, { chain, operators: chain.operators.slice(LANES) });
  const total = { bare: NOTHING, pipeline: NOTHING };
  const ratios: number[] = [];
  for (let wave = 0; wave < WAVES; wave += 1) {
    const alone = await measure(() => bare());
    await chain.mine();
    const through = await measure(() => pipeline.send(wave));
    await chain.mine();
    await pipeline.confirm();
    // The first wave warms both up.
    if (wave === 0) continue;
    total.bare = add(total.bare, alone);
    total.pipeline = add(total.pipeline, through);
    ratios.push(alone.seconds / through.seconds);
    const rates = [alone, through].map(({ seconds }) => (TRANSACTIONS / seconds).toFixed(0));
    progress(`pipeline: ${stores.runsOn}, wave ${wave} of ${WAVES - 1}: bare ${rates[0]}/s, pipeline ${rates[1]}/s`);
  }
  await pipeline.drain();
  const sent = TRANSACTIONS * (WAVES - 1);
  const percent = (ratio: number) => `${Math.round(100 * ratio)} %`;
  return {
    'runs on': stores.runsOn,
    transactions: sent,
    'bare loop tx/s': Math.round(sent / total.bare.seconds),
    'pipeline tx/s': Math.round(sent / total.pipeline.seconds),
    'of bare loop': percent(total.bare.seconds / total.pipeline.seconds),
    'waves from … to': `${percent(Math.min(...ratios))} … ${percent(Math.max(...ratios))}`,
    'own CPU ms/tx, bare': (total.bare.cpuMs / sent).toFixed(1),
    'own CPU ms/tx, pipeline': (total.pipeline.cpuMs / sent).toFixed(1),
  };
}

interface Measured {
  readonly seconds: number;
  /** Of this process alone: the chain and the servers have their own. */
  readonly cpuMs: number;
}

const NOTHING: Measured = { seconds: 0, cpuMs: 0 };
const add = (one: Measured, other: Measured): Measured => ({
  seconds: one.seconds + other.seconds,
  cpuMs: one.cpuMs + other.cpuMs,
});

async function measure(work: () => Promise<unknown>): Promise<Measured> {
  const from = performance.now();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return { seconds: (performance.now() - from) / 1_000, cpuMs: (user + system) / 1_000 };
}

/** Answers the function that signs and posts one wave. */
function bareLoop(chain: PipelineChain, operators: readonly Principal[]): () => Promise<void> {
  let nonce = SETUP_NONCES;
  const entry = { amount: 10n, price: 90n };
  return async () => {
    const first = nonce;
    nonce += PER_WAVE;
    const { height: now } = await chain.port.tip();
    const bounds = { validUntil: BigInt(now + 10), openUntil: BigInt(now + 1_000) };
    const lane = async (operator: Principal) => {
      const call: GridCall & BatchCall = {
        kind: 'tradeEnergyFor',
        ...bounds,
        entries: [{ seller: operator, ...entry }],
      };
      for (let next = first; next < nonce; next += 1) {
        await chain.post({ signer: operator, call, nonce: next, fee: feeFor(call, FEES) });
      }
    };
    await Promise.all(operators.map(lane));
  };
}

interface PipelineParameters {
  readonly chain: PipelineChain;
  readonly operators: readonly Principal[];
}

/** One execution of fifty lanes. */
async function pipelineOf({ ledger, queue }: PipelineStores, { chain, operators }: PipelineParameters) {
  const posts = countingPosts(queue);
  const execution = createExecution(
    {
      ledger,
      queue: posts.queue,
      chain: chain.port,
      signer: chain.signer,
      clock: { now: () => Date.now() },
      log: collectingLog(),
    },
    {
      lanes: operators,
      lease: { holder: 'bench', soleHolder: true },
      fee: FEES,
      confirmedDepth: 1,
      finalDepth: 2,
      validityBlocks: 10,
      maxEntries: 1,
    },
  );
  await execution.recover();

  return {
    async send(wave: number): Promise<void> {
      const { height: now } = await chain.port.tip();
      const planned = operators.flatMap((operator) =>
        Array.from({ length: PER_WAVE }, (_, index): PlannedIntent => {
          const intent = { amount: wh(10), price: price(90), openUntil: height(now + 1_000), reason: 'bench' };
          const id = `w${wave}-${operator}-${index}`;
          const of = { account: operator, operator, strategy: 'bench', turn: wave, height: height(now) };
          return { id, ...of, intent: { kind: 'list', ...intent } };
        }),
      );
      await execution.submit(planned, { height: height(now) });
      const sent = (wave + 1) * TRANSACTIONS;
      await eventually(async () => expectAll('jobs to be done', sent, posts.done), {
        timeoutMs: 120_000,
        intervalMs: 5,
      });
      expectAll('transactions in the mempool', TRANSACTIONS, (await ledger.summary()).transactions.mempool ?? 0);
    },
    /** Reads what the mined blocks say, and makes sure that every trade was done. */
    async confirm(): Promise<void> {
      const { confirmed } = await execution.confirm();
      const entries = confirmed.flatMap((batch) => batch.entries);
      const done = entries.filter(({ result }) => result.kind === 'ok').length;
      if (done !== TRANSACTIONS) throw new Error(`expected ${TRANSACTIONS} trades to be done, was ${done}`);
    },
    async drain(): Promise<void> {
      await execution.drain({ deadlineMs: 2_000 });
    },
  };
}

function expectAll(what: string, wanted: number, were: number): void {
  if (were !== wanted) throw new Error(`expected ${wanted} ${what}, were ${were}`);
}

/** As many posts at once as lanes, as the bare loop has; counts the jobs that are done. */
function countingPosts(queue: QueuePort): { readonly queue: QueuePort; readonly done: number } {
  let done = 0;
  const consume: QueuePort['consume'] = ({ handler, ...parameters }) =>
    queue.consume({
      ...parameters,
      concurrency: LANES,
      async handler(job, signal) {
        const outcome = await handler(job, signal);
        if (outcome.kind === 'done') done += 1;
        return outcome;
      },
    });
  return {
    queue: { ...queue, consume },
    get done() {
      return done;
    },
  };
}
