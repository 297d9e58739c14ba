import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { BatchCall } from '../../src/contract/index.ts';
import { height, microStx, price, sequence, tradeId, txId, wh } from '../../src/core/index.ts';
import type { LaneLease, LaneLedger, LedgerPort } from '../../src/execution/ports/ledger.ts';
import type { EntryResult, Fill, LedgerBinding, Listing } from '../../src/execution/ports/ledger-records.ts';
import type { PruneParameters } from '../../src/execution/ports/retention.ts';
import {
  END_STATES,
  type Inclusion,
  TRANSACTION_STATES,
  type TransactionState,
} from '../../src/execution/ports/transaction.ts';
import type { PlannedIntent } from '../../src/trading/intent.ts';
import { FUZZ_TIMEOUT, fuzzParameters } from '../support/fuzz.ts';
import { ALICE, BOB, NEIGHBOUR, OPERATOR, planBuy, planCancel, planList } from '../support/trading-fixtures.ts';
import type { LedgerHarness } from './ledger-port.ts';

const binding: LedgerBinding = {
  identity: { chainId: 2147483648, genesis: 'ab'.repeat(32) },
  contractId: `${OPERATOR}.energy-grid`,
};
const LANES = [OPERATOR, NEIGHBOUR] as const;
const ACCOUNTS = [ALICE, BOB] as const;
const idOf = (name: string) => txId(createHash('sha256').update(name).digest('hex'));

/** One transaction with two entries, and how far it came. */
interface Life {
  readonly lane: 0 | 1;
  readonly kind: 'buy' | 'list';
  readonly state: TransactionState;
  readonly claimedAt: number;
  /** Between each two steps. */
  readonly pause: number;
  readonly height: number;
  readonly fee: number;
  readonly failed: boolean;
  /** Blocks after its own that its offers are open; listings only. */
  readonly open: number;
  /** Whether each of its offers was bought, and by whom. */
  readonly bought: 'no' | 'one' | 'both';
  readonly boughtAt: number;
}

const life: fc.Arbitrary<Life> = fc.record({
  lane: fc.constantFrom(0, 1),
  kind: fc.constantFrom('buy', 'list'),
  state: fc.oneof({ arbitrary: fc.constant('final' as const), weight: 6 }, fc.constantFrom(...TRANSACTION_STATES)),
  claimedAt: fc.nat(80),
  pause: fc.nat(4),
  height: fc.integer({ min: 1, max: 60 }),
  fee: fc.integer({ min: 1, max: 9_000 }),
  failed: fc.boolean(),
  open: fc.nat(30),
  bought: fc.constantFrom('no', 'one', 'both'),
  boughtAt: fc.nat(100),
});

const limits: fc.Arbitrary<PruneParameters> = fc.record({
  endedBefore: fc.nat(100),
  keepNewest: fc.nat(6),
  neverSince: fc.nat(100),
  finalHeight: fc.nat(60).map(height),
});

/** What the test knows of a transaction that it played. */
interface Played {
  readonly id: number;
  readonly life: Life;
  readonly state: TransactionState;
  readonly nonce: number;
  readonly endedAt: number;
  readonly intentIds: readonly string[];
  readonly listings: readonly (Listing & { readonly openUntil: number })[];
  readonly fills: readonly (Fill & { readonly at: number })[];
}

/** Plays lives on lanes of a ledger through the verbs of their lease alone. */
function player(lease: LaneLease) {
  let events = 0;
  let trades = 0;
  let lives = 0;

  async function recordTrades(one: Life, name: string, openUntil: number) {
    const listings: Played['listings'][number][] = [];
    const fills: Played['fills'][number][] = [];
    const seller = ALICE;
    const mine = { txId: idOf(name), amount: wh(200), price: price(90) };
    for (let entry = 0; entry < 2; entry += 1) {
      const offer = tradeId(++trades);
      const common = { tradeId: offer, amount: mine.amount, price: mine.price, seller, buyer: BOB };
      const cost = microStx(18_000);
      if (one.kind === 'list') {
        const listed = { ...mine, sequence: sequence(++events), tradeId: offer, height: height(one.height), seller };
        listings.push({ ...listed, openUntil });
        const sold = one.bought === 'both' || (one.bought === 'one' && entry === 0);
        if (!sold) continue;
        const at = Math.max(one.boughtAt, one.claimedAt);
        const last = height(Math.min(one.height + (one.boughtAt % 10), openUntil));
        const of = { ...common, side: 'sold', txId: idOf(`${name} buyer`), height: last, cost } as const;
        fills.push({ ...of, sequence: sequence(++events), energyPrice: price(100 + (events % 3)), at });
      } else if (!one.failed) {
        const of = { ...common, side: 'bought', txId: mine.txId, height: height(one.height), cost } as const;
        fills.push({ ...of, sequence: sequence(++events), energyPrice: price(100), at: one.claimedAt });
      }
    }
    const bare = listings.map(({ openUntil: _, ...listing }) => listing);
    const prices = [{ sequence: sequence(++events), price: price(100 + (events % 3)) }];
    const record = { forgetAfter: null, marks: [] };
    await lease.recordEvents({ ...record, listings: bare, fills: [], prices, at: one.claimedAt });
    for (const { at, ...fill } of fills) {
      await lease.recordEvents({ ...record, listings: [], fills: [fill], prices: [], at });
    }
    return { listings, fills };
  }

  return async function play(one: Life): Promise<Played> {
    const name = `life-${++lives}`;
    const ledger = lease.lanes[one.lane] as LaneLedger;
    const { lane: operator } = ledger;
    const openUntil = one.height + one.open;
    const intentIds = [`${name}-1`, `${name}-2`];
    const planned = intentIds.map((id, index): PlannedIntent => {
      const account = ACCOUNTS[index as 0 | 1];
      return one.kind === 'buy'
        ? planBuy({ id, account, operator })
        : planList({ id, account, operator, openUntil: height(openUntil) });
    });
    let at = one.claimedAt;
    await lease.recordIntents({ planned, at });
    const outcome = await ledger.claim({
      call: callOf(one.kind, openUntil),
      intentIds,
      chainNonce: 0,
      window: 1_000,
      at,
    });
    if (outcome.kind !== 'claimed') throw new Error(`expected a claim, was ${outcome.kind}`);
    const { id: transactionId, nonce } = outcome.transaction;
    const steps = stepsTo(one.state);
    let trading: Pick<Played, 'listings' | 'fills'> = { listings: [], fills: [] };
    for (const step of steps) {
      at += one.pause;
      switch (step) {
        case 'signed':
          for (const attempt of [name, `${name} again`]) {
            const bytes = { hex: '00ff', sha256: idOf('00ff'), fee: microStx(one.fee), noop: false, createdAt: at };
            await ledger.addAttempt({ transactionId, attempt: { txId: idOf(attempt), ...bytes } });
          }
          if (one.state === 'cancelled') {
            const bytes = { hex: '00ff', sha256: idOf('00ff'), fee: microStx(one.fee + 1), noop: true, createdAt: at };
            const attempt = { txId: idOf(`${name} nothing`), ...bytes };
            await ledger.replace({ transactionId, after: idOf(`${name} again`), attempt, note: 'cancelled' });
          }
          break;
        case 'queued':
          await ledger.transition({ transactionIds: [transactionId], from: ['signed'], to: 'queued', at });
          break;
        case 'broadcast':
          await ledger.transition({
            transactionIds: [transactionId],
            from: ['queued'],
            to: 'broadcast',
            at,
            note: 'posted',
          });
          break;
        case 'mempool':
          await ledger.transition({ transactionIds: [transactionId], from: ['broadcast'], to: 'mempool', at });
          break;
        case 'included': {
          const isCancelled = one.state === 'cancelled';
          const results = (isCancelled ? [] : intentIds).map(
            (intentId): EntryResult =>
              one.failed
                ? { kind: 'error', intentId, error: 'tradeNotOpen' }
                : { kind: 'ok', intentId, value: one.kind === 'buy' ? 18_000 : 7 },
          );
          const status = one.state === 'reverted' ? 'abort_by_response' : 'success';
          const mined = idOf(isCancelled ? `${name} nothing` : name);
          const inclusion = { txId: mined, height: height(one.height), indexBlockHash: 'cd'.repeat(32) };
          const paid: Inclusion = { ...inclusion, status, resultHex: '07', fee: microStx(one.fee) };
          await ledger.include({ transactionId, inclusion: paid, results, at });
          break;
        }
        case 'final':
        case 'reverted':
        case 'cancelled':
          await ledger.settle({ transactionId, at });
          await ledger.finalize({ transactionId, at });
          if (step === 'final') trading = await recordTrades(one, name, openUntil);
          break;
        case 'superseded':
          await ledger.supersede({ transactionId, at, note: 'foreign' });
          break;
        case 'claimed':
          break;
      }
    }
    return { id: transactionId, life: one, state: one.state, nonce, endedAt: at, intentIds, ...trading };
  };
}

function stepsTo(state: TransactionState): readonly TransactionState[] {
  const road: readonly TransactionState[] = ['claimed', 'signed', 'queued', 'broadcast', 'mempool', 'included'];
  if (state === 'superseded') return [...road.slice(0, -1), state];
  const isEnd = (END_STATES as readonly TransactionState[]).includes(state);
  return isEnd ? [...road, state] : road.slice(0, road.indexOf(state) + 1);
}

function callOf(kind: Life['kind'], openUntil: number): BatchCall {
  if (kind === 'buy') {
    const entry = { tradeId: 7n, amount: 100n, maxPrice: 50n };
    return { kind: 'buyEnergyFor', validUntil: 30n, entries: ACCOUNTS.map((buyer) => ({ buyer, ...entry })) };
  }
  const entries = ACCOUNTS.map((seller) => ({ seller, amount: 200n, price: 90n }));
  return { kind: 'tradeEnergyFor', validUntil: 30n, openUntil: BigInt(openUntil), entries };
}

/** Ended at 30 in block 10, deep below all that `OLD` wants. */
const PLAIN: Life = {
  lane: 0,
  kind: 'buy',
  state: 'final',
  claimedAt: 30,
  pause: 0,
  height: 10,
  fee: 400,
  failed: false,
  open: 5,
  bought: 'no',
  boughtAt: 35,
};
const OLD: PruneParameters = { endedBefore: 50, keepNewest: 100, neverSince: 80, finalHeight: height(40) };

/** What every ledger adapter must keep when it drops what ended long ago. */
export function describeLedgerRetention(
  name: string,
  open: () => Promise<LedgerHarness>,
  skip: string | null = null,
): void {
  describe.skipIf(skip !== null)(`retention of the ledger on ${name}`, () => {
    let harness: LedgerHarness;
    let ledger: LedgerPort;
    let lease: LaneLease;
    let play: ReturnType<typeof player>;
    let ledgers = 0;

    beforeAll(async () => {
      harness = await open();
    });
    afterAll(() => harness?.close());

    async function fresh(): Promise<() => Promise<void>> {
      const opened = `retention_${++ledgers}`;
      ledger = await harness.open(opened, binding);
      const taken = await ledger.acquireLanes({ lanes: LANES, holder: 'player', ttlMs: 600_000 });
      if (taken === null) throw new Error('expected a lease');
      lease = taken;
      play = player(lease);
      return async () => {
        await ledger.close();
        await harness.drop(opened);
      };
    }

    /** All that a reader of the ledger can see of a transaction. */
    const wholeOf = async ({ id, intentIds }: Played) => ({
      transaction: await ledger.transaction(id),
      results: await ledger.results(id),
      audit: await ledger.audit(id),
      intents: await ledger.intents(intentIds),
    });

    const sums = async (since: number) => ({
      summary: await ledger.summary(),
      fills: await ledger.fillTotals(),
      day: await Promise.all(ACCOUNTS.map((account) => ledger.accountTotals({ account, sinceMs: since }))),
    });

    describe('examples', () => {
      beforeEach(() => fresh());

      test('a final transaction goes with all that hangs on it, and every sum stays', async () => {
        const first = await play(PLAIN);
        const last = await play(PLAIN);
        const before = await sums(80);
        expect(await ledger.prune(OLD)).toEqual({
          transactions: 1,
          attempts: 2,
          audit: 7,
          results: 2,
          intents: 2,
          fills: 4,
          listings: 0,
          prices: 0,
        });
        expect(await wholeOf(first)).toEqual({ transaction: null, results: [], audit: [], intents: [] });
        expect(await ledger.ownTransactions([idOf('life-1'), idOf('life-2')])).toEqual(new Set([idOf('life-2')]));
        expect(await ledger.transaction(last.id)).toMatchObject({ state: 'final' });
        expect(await sums(80)).toEqual(before);
        expect(before.summary).toMatchObject({ transactions: { final: 2 }, feesPaid: 800, intents: { done: 4 } });
        expect(before.fills).toEqual([{ side: 'bought', energyPrice: 100, count: 4, energy: 800, cost: 72_000 }]);
        expect(await ledger.prunedHeight()).toBe(40);
      });

      test('the largest amounts stay exact', async () => {
        const energy = Number.MAX_SAFE_INTEGER;
        const listed = { sequence: sequence(1), tradeId: tradeId(1), height: height(10), seller: ALICE };
        const big = { txId: idOf('life-1'), amount: wh(energy), price: price(1) };
        await play({ ...PLAIN, failed: true });
        await play({ ...PLAIN, failed: true });
        const none = { forgetAfter: null, fills: [], prices: [], marks: [], at: 30 };
        await lease.recordEvents({ ...none, listings: [{ ...listed, ...big }] });
        const before = await ledger.summary();
        expect(before.listed).toEqual({ count: 1, energy });
        expect(await ledger.prune(OLD)).toMatchObject({ transactions: 1, listings: 1 });
        expect(await ledger.summary()).toEqual(before);
      });

      test('a cancelled and a superseded transaction go like any other, and the sums keep their fees', async () => {
        await play({ ...PLAIN, state: 'cancelled' });
        await play({ ...PLAIN, lane: 1, state: 'superseded' });
        await play(PLAIN);
        const before = await sums(80);
        expect(before.summary).toMatchObject({
          transactions: { cancelled: 1, superseded: 1 },
          intents: { cancelled: 2 },
        });
        expect(await ledger.prune(OLD)).toMatchObject({ transactions: 2, attempts: 5, intents: 4, results: 0 });
        expect(await sums(80)).toEqual(before);
      });

      test('the highest nonce of a lane stays, so the next one is the same even where the chain lags', async () => {
        await play(PLAIN);
        const { nonce } = await play(PLAIN);
        await play({ ...PLAIN, state: 'superseded' });
        await ledger.prune(OLD);
        expect((await play(PLAIN)).nonce).toBe(nonce + 1);
      });

      test('an intent is known until it goes', async () => {
        const { intentIds } = await play(PLAIN);
        await play(PLAIN);
        const again = { planned: intentIds.map((id) => planBuy({ id })), at: 90 };
        await ledger.prune({ ...OLD, endedBefore: 30 });
        expect(await lease.recordIntents(again)).toBe(0);
        await ledger.prune({ ...OLD, endedBefore: 31 });
        expect(await lease.recordIntents(again)).toBe(2);
      });

      test('an offer that may still be bought keeps its transaction; once sold or expired it goes', async () => {
        const listed = await play({ ...PLAIN, kind: 'list', open: 30, bought: 'one' });
        await play(PLAIN);
        const [sold, open] = listed.listings;
        expect(await ledger.prune({ ...OLD, finalHeight: height(39) })).toMatchObject({ listings: 1, transactions: 0 });
        expect((await ledger.listings()).map(({ tradeId: offer }) => offer)).toEqual([open?.tradeId]);
        expect(await ledger.transaction(listed.id)).toMatchObject({
          id: listed.id,
          intentIds: listed.intentIds,
        });
        expect(await ledger.prune({ ...OLD, finalHeight: height(40) })).toMatchObject({ listings: 1, transactions: 1 });
        expect(await ledger.ownListings([sold, open].map((one) => one?.tradeId ?? tradeId(0)))).toEqual(new Set());
        expect((await ledger.summary()).listed).toEqual({ count: 2, energy: 400 });
      });

      test('what is too many goes before it is old, but not while it is young', async () => {
        for (let age = 1; age <= 4; age += 1) await play({ ...PLAIN, claimedAt: age * 10, height: age });
        const young = { ...OLD, endedBefore: 0, keepNewest: 1, neverSince: 30 };
        expect(await ledger.prune(young)).toMatchObject({ transactions: 2 });
        expect(await ledger.prune({ ...young, neverSince: 80 })).toMatchObject({ transactions: 1 });
        expect(await ledger.transactions({ states: ['final'] })).toMatchObject([{ claimedAt: 40 }]);
      });

      test('intents that never had a nonce go by age and number as well', async () => {
        for (const id of ['a', 'b', 'c', 'd']) {
          await lease.recordIntents({ planned: [planCancel({ id })], at: 1 });
          if (id !== 'd') await lease.lanes[0]?.cancelIntents({ ids: [id], at: id.charCodeAt(0) - 87 });
        }
        const before = await ledger.summary();
        expect(await ledger.prune({ ...OLD, endedBefore: 11 })).toMatchObject({ intents: 1 });
        expect(await ledger.prune({ ...OLD, endedBefore: 0, keepNewest: 1 })).toMatchObject({ intents: 1 });
        expect((await ledger.intents(['a', 'b', 'c', 'd'])).map(({ planned }) => planned.id)).toEqual(['c', 'd']);
        expect(await ledger.summary()).toEqual(before);
      });

      test('a price that a kept trade or a young reorg can ask for stays', async () => {
        const marks = [1, 5, 9, 20].map((at) => ({ sequence: sequence(at), price: price(100 + at) }));
        const none = { forgetAfter: null, listings: [], fills: [], marks: [] };
        await lease.recordEvents({ ...none, prices: marks.slice(0, 3), at: 10 });
        await lease.recordEvents({ ...none, prices: marks.slice(3), at: 60 });
        expect(await ledger.prune(OLD)).toMatchObject({ prices: 2 });
        expect(await ledger.energyPriceAt(sequence(19))).toBe(109);
        expect(await ledger.energyPriceAt(sequence(8))).toBeNull();
      });

      test('stops after the batch in progress when it is told to', async () => {
        for (let count = 0; count < 3; count += 1) await play(PLAIN);
        expect(await ledger.prune({ ...OLD, signal: AbortSignal.abort() })).toMatchObject({
          transactions: 0,
          fills: 0,
        });
        expect(await ledger.prune(OLD)).toMatchObject({ transactions: 2 });
      });

      test('two at once drop everything once', async () => {
        for (let count = 0; count < 6; count += 1) await play({ ...PLAIN, kind: 'list', bought: 'both' });
        const before = await sums(80);
        const both = await Promise.all([ledger.prune(OLD), ledger.prune(OLD)]);
        await ledger.prune(OLD);
        expect(both.reduce((sum, { fills }) => sum + fills, 0)).toBe(12);
        expect(await sums(80)).toEqual(before);
        expect(await ledger.transactions({ states: TRANSACTION_STATES })).toHaveLength(1);
      });
    });

    test(
      'never touches what is live, young or above the final height, whatever the states and ages',
      async () => {
        const scene = fc.record({ lives: fc.array(life, { minLength: 1, maxLength: 8 }), limits });
        const property = fc.asyncProperty(scene, async ({ lives, limits: parameters }) => {
          const drop = await fresh();
          try {
            await holds(lives, parameters);
          } finally {
            await drop();
          }
        });
        await fc.assert(property, fuzzParameters(`retention on ${name}`, { runs: 12, seconds: 40 }));
      },
      FUZZ_TIMEOUT,
    );

    async function holds(lives: readonly Life[], parameters: PruneParameters): Promise<void> {
      await lease.recordIntents({ planned: [planBuy({ id: 'waits' })], at: 0 });
      const played: Played[] = [];
      for (const one of lives) played.push(await play(one));
      const whole = new Map<number, Awaited<ReturnType<typeof wholeOf>>>();
      for (const one of played) whole.set(one.id, await wholeOf(one));
      const seen = async () => ({
        ...(await sums(parameters.neverSince)),
        open: await ledger.openIntents({ seenHeight: parameters.finalHeight }),
        allowed: await ledger.allowedIntents(),
      });
      const before = await seen();
      const trades = [...(await ledger.fills()), ...(await ledger.listings())];
      const priceBefore = new Map<number, number | null>();
      for (const { sequence: at } of trades) priceBefore.set(at, await ledger.energyPriceAt(sequence(at - 1)));

      await ledger.prune(parameters);

      expect(await seen()).toEqual(before);
      const kept = await ledger.transactions({ states: TRANSACTION_STATES });
      const keptIds = new Set(kept.map(({ id }) => id));
      for (const one of played) {
        if (mustStay(one, { played, parameters })) expect(keptIds, `transaction ${one.id}`).toContain(one.id);
        // All of it or nothing.
        const nothing = { transaction: null, results: [], audit: [], intents: [] };
        expect(await wholeOf(one)).toEqual(keptIds.has(one.id) ? whole.get(one.id) : nothing);
      }
      const cut = (await ledger.prunedHeight()) ?? -1;
      expect(cut).toBeLessThanOrEqual(parameters.finalHeight);
      const keptFills = new Set((await ledger.fills()).map(({ sequence: at }) => Number(at)));
      const keptListings = new Set((await ledger.listings()).map(({ sequence: at }) => Number(at)));
      for (const { fills, listings } of played) {
        for (const fill of fills) {
          if (fill.height > cut || fill.at >= parameters.neverSince) expect(keptFills).toContain(fill.sequence);
        }
        for (const { tradeId: offer, sequence: at, openUntil } of listings) {
          const sold = fills.find((fill) => fill.tradeId === offer);
          const open = sold === undefined && openUntil > parameters.finalHeight;
          if (open || (sold !== undefined && keptFills.has(sold.sequence))) expect(keptListings).toContain(at);
        }
      }
      for (const at of [...keptFills, ...keptListings]) {
        expect(await ledger.energyPriceAt(sequence(at - 1))).toBe(priceBefore.get(at));
      }
      const known = kept.flatMap(({ intentIds }) => intentIds);
      expect(await lease.recordIntents({ planned: known.map((id) => planBuy({ id })), at: 200 })).toBe(0);
      const again = Object.values(await ledger.prune(parameters));
      expect(again.every((count) => count === 0)).toBe(true);
      for (const lane of [0, 1] as const) {
        const nonces = played.flatMap((one) => (one.life.lane === lane && countsForNonce(one) ? [one.nonce] : []));
        expect((await play({ ...PLAIN, lane })).nonce).toBe(Math.max(-1, ...nonces) + 1);
      }
    }
  });
}

const countsForNonce = ({ state }: Played): boolean => state !== 'superseded';

/** What must never go, said without a look at how the ledger finds what may. */
function mustStay(
  one: Played,
  { played, parameters }: { readonly played: readonly Played[]; readonly parameters: PruneParameters },
): boolean {
  const { neverSince, endedBefore, keepNewest, finalHeight } = parameters;
  const ended = (other: Played) => (END_STATES as readonly TransactionState[]).includes(other.state);
  if (!ended(one)) return true;
  if (one.endedAt >= neverSince || one.life.claimedAt >= neverSince) return true;
  if (one.state !== 'superseded' && one.life.height > finalHeight) return true;
  const newer = played.filter((other) => ended(other) && other.endedAt > one.endedAt).length;
  if (one.endedAt >= endedBefore && newer < keepNewest) return true;
  const lane = played.filter((other) => other.life.lane === one.life.lane && countsForNonce(other));
  if (countsForNonce(one) && !lane.some((other) => other.nonce > one.nonce)) return true;
  return one.listings.some(
    ({ tradeId: offer, openUntil }) => openUntil > finalHeight && !one.fills.some((fill) => fill.tradeId === offer),
  );
}
