import { gridErrorName } from '../../src/contract/index.ts';
import { type Height, height, seededRandom } from '../../src/core/index.ts';
import { feeShare } from '../../src/execution/fee.ts';
import {
  type Bench,
  createTurnEngine,
  decideTurn,
  type GridPrices,
  gridPrices,
  type TurnEngine,
} from '../../src/trading/index.ts';
import { EventKind } from '../data/event-columns.ts';
import type { ColumnarMarket } from '../market/columnar-market.ts';
import { OK } from '../market/rules.ts';
import { assertConserved } from '../venue/conservation.ts';
import type { OwnTransaction } from '../venue/own-transaction.ts';
import { Venue } from '../venue/venue.ts';
import { AccountRun, openAccount } from './account-run.ts';
import { type BacktestInput, checkSettings } from './backtest-input.ts';
import { type BacktestResult, resultOf } from './backtest-result.ts';
import { blocksOf } from './blocks.ts';
import { EquityCurve } from './equity-curve.ts';
import { Lanes } from './lanes.ts';
import { markOf } from './profit-account.ts';
import { Tally } from './tally.ts';
import { TradingMarket } from './trading-market.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** 2024-01-01: recordings have heights, no times, and a day's limits need a day. */
const START_MS = 1_704_067_200_000;
const PROGRESS_EVENTS = 20_000;
const CHECK_EVENTS = 1_000_000;
const CURVE_POINTS = 400;

/**
 * Plays a recording against strategies: block by block the venue executes what was recorded and what we sent, and the same
 * engine that trades live decides on what came of it. Nothing else but the input decides what comes out.
 *
 * @throws ConfigError for settings that make no sense, or an account that does not fit the recording.
 */
export function runBacktest(input: BacktestInput): BacktestResult {
  checkSettings(input);
  return new Run(input).play();
}

class Run {
  readonly #input: BacktestInput;
  readonly #venue: Venue;
  readonly #trading: TradingMarket;
  readonly #lanes: Lanes;
  readonly #engine: TurnEngine;
  readonly #accounts: readonly AccountRun[];
  /** By account; undefined where it is not ours. */
  readonly #byNumber: (AccountRun | undefined)[] = [];
  readonly #tally = new Tally();
  readonly #benched: Bench[] = [];
  readonly #benchedStrategies = new Set<string>();
  #grid: GridPrices;
  /** The last price that others paid each other. */
  #lastPrice: number;
  #turn = 0;
  #day = 0;

  constructor(input: BacktestInput) {
    const { market, accounts, settings, fills, onCall, strategies } = input;
    this.#input = input;
    const operators = [...new Set(accounts.flatMap(({ principal, operators: all = [principal] }) => all))];
    const ours = accounts.map(({ principal }) => principal);
    this.#venue = new Venue({
      opening: market.opening,
      accounts: market.accounts,
      fills,
      random: seededRandom(settings.seed),
      ours,
      latencyBlocks: settings.latencyBlocks,
      listener: {
        applied: (applied) => this.#applied(applied),
        answered: (transaction, entry, code) => this.#answered(transaction, entry, code),
        displaced: (kind, code) => this.#tally.displace(kind, code),
        diverted: () => this.#tally.divert(),
      },
      onLack: (account, lacking, at) => this.#byNumber[account]?.takeFromGrid(lacking, at),
      ...(onCall === undefined ? {} : { onCall }),
    });
    const begin = market.firstHeight;
    this.#grid = gridPrices(settings.grid, market.opening.energyPrice);
    this.#lastPrice = markOf(this.#grid);
    this.#lanes = new Lanes({ ...settings, operators, accounts: ours });
    this.#engine = createTurnEngine(strategies, {
      run: 'backtest',
      seed: settings.seed,
      accounts: accounts.map((account) => ({ ...account, operators: account.operators ?? [account.principal] })),
    });
    this.#trading = new TradingMarket(this.#venue.market, {
      height: begin,
      ours: this.#engine.principals,
      ourOffers: this.#venue.ourOffers,
    });
    for (const account of accounts) openAccount(this.#venue, market.opening.owner, account, begin);
    const start = Math.max(begin, settings.from);
    const everyBlocks = Math.max(1, Math.ceil((market.lastHeight - start) / CURVE_POINTS));
    const { from, to, periodBlocks } = settings;
    this.#accounts = accounts.map((account) => {
      const curve = new EquityCurve({ start, end: to, everyBlocks, periodBlocks });
      return new AccountRun(this.#venue, account, {
        grid: this.#grid,
        mark: this.#lastPrice,
        curve,
        span: { from, to },
      });
    });
    this.#byNumber.length = market.accounts.size;
    for (const run of this.#accounts) this.#byNumber[run.number] = run;
  }

  play(): BacktestResult {
    const { market, settings, onProgress } = this.#input;
    // The opening is the market at the tip before the first event.
    if (settings.from < market.firstHeight) this.#takeTurn(height(market.firstHeight - 1), START_MS);
    let at: number = market.firstHeight;
    let events = 0;
    let told = 0;
    let checked = 0;
    for (const { height: recorded, rows } of blocksOf(market.columns())) {
      for (; at < recorded; at += 1) this.#block([], height(at));
      this.#block(rows, recorded);
      at = recorded + 1;
      for (const { from, to } of rows) events += to - from;
      if (events - told >= PROGRESS_EVENTS) {
        told = events;
        onProgress?.(events);
      }
      if (events - checked >= CHECK_EVENTS) {
        checked = events;
        assertConserved(this.#venue.market);
      }
    }
    assertConserved(this.#venue.market);
    onProgress?.(events);
    const { lastHeight } = market;
    const parts = this.#accounts.map((run) => ({ run, profit: run.close(this.#lanes.feePerEntry, lastHeight) }));
    this.#tellBlock(lastHeight);
    return resultOf({ events, turns: this.#turn, parts, tally: this.#tally, benched: this.#benched });
  }

  #block(rows: Parameters<Venue['executeBlock']>[0], at: Height): void {
    const { settings, market } = this.#input;
    const nowMs = START_MS + (at - market.firstHeight) * settings.blockMs;
    this.#day = Math.floor(nowMs / DAY_MS);
    this.#venue.executeBlock(rows, at, this.#lanes.takeDue(at));
    if (settings.settleBlocks !== null && at % settings.settleBlocks === 0) {
      for (const run of this.#accounts) run.settle(at);
    }
    for (const run of this.#accounts) run.block(at, this.#lastPrice);
    this.#tellBlock(at);
    if (at >= settings.from && at <= settings.to) this.#takeTurn(at, nowMs);
  }

  #tellBlock(height: Height): void {
    const { onBlock: tell } = this.#input;
    if (tell === undefined) return;
    for (const { account, profit } of this.#accounts) {
      const { principal } = account;
      const { running, position } = profit;
      tell({ principal, height, profit: BigInt(running), position: BigInt(position), grid: this.#grid });
    }
  }

  #takeTurn(at: Height, nowMs: number): void {
    const { settings } = this.#input;
    const result = decideTurn(
      { engine: this.#engine, market: this.#trading, benched: this.#benchedStrategies },
      {
        turn: this.#turn,
        height: at,
        nowMs,
        lastPoll: { atMs: nowMs, height: at },
        haltState: 'active',
        openIntents: this.#lanes.openIntents(),
        dayTotals: this.#lanes.dayTotals(this.#day),
        lanes: this.#lanes.states(),
        feePerEntry: this.#lanes.feePerEntry,
        grid: settings.grid,
      },
    );
    this.#input.onTurn?.(this.#turn, at, result);
    this.#turn += 1;
    for (const bench of result.benched) {
      this.#benched.push(bench);
      this.#benchedStrategies.add(bench.strategy);
    }
    for (const { verdict } of result.decisions) if (verdict.kind === 'deny') this.#tally.deny(verdict.code);
    this.#tally.send(this.#lanes.send(result.allowed, at, this.#day));
  }

  /** Hears every event of the venue. */
  #applied(market: ColumnarMarket): void {
    const { next } = market;
    this.#trading?.hear(market);
    this.#input.onEvent?.(market);
    switch (next.kind[0]) {
      case EventKind.tradeBought:
        this.#traded(market);
        return;
      case EventKind.tradeListed:
        this.#byNumber[next.account[0] as number]?.log.listed(next.amount[0] as number);
        return;
      case EventKind.energyPriceSet:
        this.#grid = gridPrices(this.#input.settings.grid, next.price[0] as GridPrices['import']);
        for (const run of this.#accounts) run.profit.reprice(this.#grid);
        return;
      case EventKind.energyAdded:
      case EventKind.energyConsumed:
      case EventKind.readingRecorded: {
        const { kind } = next;
        const amount = next.amount[0] as number;
        const consumed = kind[0] === EventKind.readingRecorded ? (next.second[0] as number) : 0;
        const change = kind[0] === EventKind.energyConsumed ? -amount : amount - consumed;
        this.#byNumber[next.account[0] as number]?.energyChanged(change);
        return;
      }
    }
  }

  #traded(market: ColumnarMarket): void {
    const { next } = market;
    const amount = next.amount[0] as number;
    const price = next.price[0] as number;
    const at = next.height[0] as number;
    const seller = this.#byNumber[next.account[0] as number];
    const buyer = this.#byNumber[next.other[0] as number];
    if (seller === undefined && buyer === undefined) this.#lastPrice = price;
    if (seller !== undefined) {
      const listedAt = market.listedAt[market.closedSlot] as number;
      seller.profit.sold(amount, price);
      seller.log.sold(amount, price, { at, listedAt });
    }
    if (buyer !== undefined) {
      buyer.profit.bought(amount, price);
      buyer.log.bought(amount, price, at);
    }
  }

  #answered({ intents, fee }: OwnTransaction, entry: number, code: number): void {
    const planned = intents[entry];
    if (planned === undefined) return;
    const { account, intent } = planned;
    const run = this.#byNumber[this.#venue.market.accounts.numberOf(account)];
    run?.profit.paidFee(feeShare(fee, { entry, entries: intents.length }));
    this.#tally.answer(intent.kind, code === OK ? null : (gridErrorName(code) ?? `u${code}`));
    if (intent.kind !== 'buy') return;
    const paid = code === OK ? intent.amount * (this.#venue.market.next.price[0] as number) : 0;
    this.#lanes.refund(account, intent.amount * intent.maxPrice - paid, this.#day);
  }
}
