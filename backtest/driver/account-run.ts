import { ConfigError, type Height, height, type Principal, type Wh, wh } from '../../src/core/index.ts';
import type { GridPrices } from '../../src/trading/index.ts';
import { NO_HEIGHT, NONE } from '../data/event-columns.ts';
import type { HeightSpan } from '../data/recording/open-recording.ts';
import type { Venue } from '../venue/venue.ts';
import type { BacktestAccount } from './backtest-input.ts';
import type { EquityCurve } from './equity-curve.ts';
import { MakerLog } from './maker-metrics.ts';
import { type Profit, ProfitAccount } from './profit-account.ts';

/** One account of a backtest as it goes on: what it earned, and its dealings with the grid. */
export class AccountRun {
  readonly account: BacktestAccount;
  readonly number: number;
  readonly targetWh: Wh;
  readonly profit: ProfitAccount;
  readonly log = new MakerLog();
  readonly curve: EquityCurve;
  /** Funds and energy at the start, the energy valued at the mark. */
  readonly capital: bigint;
  readonly #venue: Venue;
  /** The first and the last tip at which it is traded for. */
  readonly #span: HeightSpan;
  /** Whether what happens now is between the account and the grid. */
  #settling = false;

  constructor(
    venue: Venue,
    account: BacktestAccount,
    options: {
      readonly grid: GridPrices;
      readonly mark: number;
      readonly curve: EquityCurve;
      readonly span: HeightSpan;
    },
  ) {
    const { market } = venue;
    this.account = account;
    this.#venue = venue;
    this.number = market.accounts.numberOf(account.principal);
    this.targetWh = account.targetWh ?? wh(0);
    const energy = (market.energy[this.number] ?? 0) + (market.escrowed[this.number] ?? 0);
    this.profit = new ProfitAccount(options.grid, energy);
    this.capital = BigInt(market.funds[this.number] ?? 0) + BigInt(energy) * BigInt(options.mark);
    this.curve = options.curve;
    this.#span = options.span;
  }

  get #free(): number {
    return this.#venue.market.energy[this.number] as number;
  }

  /** Its energy changed by so many Wh, without a trade. */
  energyChanged(change: number): void {
    if (this.#settling) this.profit.fromGrid(BigInt(change));
    else this.profit.produced(change);
  }

  /**
   * Trades with the grid until the account holds its stated need; energy in open offers stays there. Before it is
   * registered it has nothing to settle.
   */
  settle(at: Height): void {
    if (this.#venue.market.registered[this.number] !== 1) return;
    this.takeFromGrid(this.targetWh - this.#free, at);
    this.profit.settleIdle(BigInt(this.targetWh));
  }

  /**
   * Takes Wh from the grid, or gives them where negative, by the account's meter, or by its own word where it has none.
   *
   * @throws ConfigError where the contract takes neither.
   */
  takeFromGrid(amount: number, at: Height): void {
    if (amount === 0) return;
    const { market } = this.#venue;
    const meter = market.meter[this.number] as number;
    const size = BigInt(Math.abs(amount));
    this.#settling = true;
    const decision =
      meter === NONE
        ? this.#venue.call(
            this.account.principal,
            { kind: amount > 0 ? 'addEnergy' : 'consumeEnergy', amount: size },
            at,
          )
        : this.#venue.call(
            market.accounts.nameOf(meter),
            {
              kind: 'recordReading',
              prosumer: this.account.principal,
              readingId: BigInt((market.lastReading[this.number] as number) + 1),
              produced: amount > 0 ? size : 0n,
              consumed: amount > 0 ? 0n : size,
            },
            at,
          );
    this.#settling = false;
    if (!decision.ok) {
      throw new ConfigError(
        `expected ${this.account.name} to trade ${amount} Wh with the grid at height ${at}, was refused: ${decision.error}`,
        {
          hints: [
            'Without slots the account settles with the grid at the end alone.',
            'The meter of a recorded account can use up its reading ids, and totals their room: trade for another one then.',
          ],
        },
      );
    }
  }

  /** The block is over. @param last the last price that others paid. */
  block(at: Height, last: number): void {
    const { from, to } = this.#span;
    this.log.markOut(at, last);
    if (at < from) return;
    this.curve.block(at, this.profit.running);
    if (at > to) return;
    const quoting = (this.#venue.market.openTrades[this.number] as number) > 0 && this.#hasLiveOffer(at);
    this.log.block(quoting, Number(this.profit.position));
  }

  #hasLiveOffer(at: Height): boolean {
    const { market, ourOffers } = this.#venue;
    for (const id of ourOffers) {
      const slot = market.slotOf(id);
      const until = market.openUntil[slot] as number;
      if (market.seller[slot] === this.number && (until === NO_HEIGHT || until > at)) return true;
    }
    return false;
  }

  /** Takes every offer back, at a fee each, and trades with the grid what is left above or below the stated need. */
  close(feePerEntry: number, at: Height): Profit {
    const { market, ourOffers } = this.#venue;
    for (const id of ourOffers) {
      if (market.seller[market.slotOf(id)] === this.number) this.profit.paidFee(feePerEntry);
    }
    const held = BigInt(this.#free) + BigInt(market.escrowed[this.number] as number);
    this.profit.fromGrid(BigInt(this.targetWh) - held);
    this.profit.settleIdle(BigInt(this.targetWh));
    const profit = this.profit.close();
    this.curve.close(at, this.profit.running);
    return profit;
  }
}

/**
 * Brings a new account onto the market: registered, metered, with its energy and funds.
 *
 * @throws ConfigError where the contract refuses that.
 */
export function openAccount(venue: Venue, owner: Principal, account: BacktestAccount, at: Height): void {
  const { opening, principal } = account;
  const known = venue.market.registered[venue.market.accounts.numberOf(principal)] === 1;
  if (opening === null) return;
  if (known) throw new ConfigError(`expected ${principal} to be new to the recording, is registered in it`);
  const must = (caller: Principal, call: Parameters<Venue['call']>[1]): void => {
    const decision = venue.call(caller, call, height(at));
    if (!decision.ok) throw new ConfigError(`expected ${account.name} to be set up, was refused: ${decision.error}`);
  };
  must(principal, { kind: 'registerProsumer' });
  must(owner, { kind: 'assignMeter', prosumer: principal, meter: opening.meter });
  if (opening.energy > 0) {
    const reading = { prosumer: principal, readingId: 1n, produced: BigInt(opening.energy), consumed: 0n };
    must(opening.meter, { kind: 'recordReading', ...reading });
  }
  if (opening.funds > 0) must(principal, { kind: 'addFunds', amount: BigInt(opening.funds) });
}
