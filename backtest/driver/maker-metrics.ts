import { type Exact, plus, times } from '../market/exact.ts';

/** Blocks after a fill at which the market is looked at again. */
export const MARK_OUT_BLOCKS = [1, 5, 20] as const;

/** How well offers did; ratios are null where there is nothing to divide by. */
export interface MakerMetrics {
  readonly bought: Traded;
  readonly sold: Traded;
  /** Mean price sold at less mean price bought at, in µSTX per Wh. */
  readonly spreadCaptured: number | null;
  /** By blocks after the fill: how far the market's last price had moved for us, in µSTX per Wh, by energy. */
  readonly markOuts: Readonly<Record<string, number | null>>;
  readonly listed: { readonly offers: number; readonly wh: bigint };
  /** Offers sold of those listed. */
  readonly fillRatio: number | null;
  /** Blocks from listing to sale. */
  readonly timeToFill: { readonly mean: number | null; readonly median: number | null };
  /** Blocks in which at least one offer stood, of all. */
  readonly quoteUptime: number | null;
  /** Mean of the Wh held beyond an idle account's, over blocks. */
  readonly meanPosition: number | null;
}

export interface Traded {
  readonly fills: number;
  readonly wh: bigint;
  readonly microStx: bigint;
}

interface Fill {
  readonly at: number;
  readonly amount: number;
  readonly price: number;
  /** 1 where ours bought, −1 where it sold. */
  readonly side: number;
}

interface MarkOut {
  readonly blocks: number;
  /** Place among the recent fills of the first that is not that old yet. */
  next: number;
  gained: Exact;
  wh: Exact;
}

/** Fills of one side, summed up. */
class Total {
  fills = 0;
  wh: Exact = 0;
  microStx: Exact = 0;

  add(amount: number, price: number): void {
    this.fills += 1;
    this.wh = plus(this.wh, amount);
    this.microStx = plus(this.microStx, times(amount, price));
  }

  traded(): Traded {
    return { fills: this.fills, wh: BigInt(this.wh), microStx: BigInt(this.microStx) };
  }
}

/** So many fills may be kept that every mark-out has looked at. */
const LOOKED_AT = 1_024;

const ratio = (part: number, whole: number): number | null => (whole === 0 ? null : rounded(part / whole));

/** To six decimals: what is printed does not depend on how a machine prints a long fraction. */
const rounded = (value: number): number => Math.round(value * 1e6) / 1e6;

const perWh = (microStx: bigint, wh: bigint): number | null =>
  wh === 0n ? null : Number((microStx * 1_000n) / wh) / 1_000;

/** Collects maker metrics of one account. */
export class MakerLog {
  /** Those that some mark-out still has to look at, and a few before them; oldest first. */
  #recent: Fill[] = [];
  readonly #bought = new Total();
  readonly #sold = new Total();
  readonly #markOuts: readonly MarkOut[] = MARK_OUT_BLOCKS.map((blocks) => ({ blocks, next: 0, gained: 0, wh: 0 }));
  /** By blocks from listing to sale, how often. */
  readonly #timesToFill = new Map<number, number>();
  #listed = 0;
  #listedWh: Exact = 0;
  #blocks = 0;
  #quoted = 0;
  #positions = 0;

  listed(amount: number): void {
    this.#listed += 1;
    this.#listedWh = plus(this.#listedWh, amount);
  }

  bought(amount: number, price: number, at: number): void {
    this.#bought.add(amount, price);
    this.#recent.push({ at, amount, price, side: 1 });
  }

  sold(amount: number, price: number, when: { readonly at: number; readonly listedAt: number }): void {
    this.#sold.add(amount, price);
    this.#recent.push({ at: when.at, amount, price, side: -1 });
    const blocks = when.at - when.listedAt;
    this.#timesToFill.set(blocks, (this.#timesToFill.get(blocks) ?? 0) + 1);
  }

  /** A block in which the account was traded for is over. @param position Wh held beyond an idle account's. */
  block(quoting: boolean, position: number): void {
    this.#blocks += 1;
    if (quoting) this.#quoted += 1;
    this.#positions += position;
  }

  /** Looks at the market again after earlier fills. @param last the last price that others paid. */
  markOut(at: number, last: number): void {
    if (this.#recent.length === 0) return;
    let lookedAt = this.#recent.length;
    for (const markOut of this.#markOuts) {
      for (; markOut.next < this.#recent.length; markOut.next += 1) {
        const { at: filledAt, amount, price, side } = this.#recent[markOut.next] as Fill;
        if (filledAt + markOut.blocks > at) break;
        markOut.gained = plus(markOut.gained, times(side * (last - price), amount));
        markOut.wh = plus(markOut.wh, amount);
      }
      lookedAt = Math.min(lookedAt, markOut.next);
    }
    if (lookedAt < LOOKED_AT) return;
    this.#recent = this.#recent.slice(lookedAt);
    for (const markOut of this.#markOuts) markOut.next -= lookedAt;
  }

  metrics(): MakerMetrics {
    const [bought, sold] = [this.#bought.traded(), this.#sold.traded()];
    const [paid, earned] = [perWh(bought.microStx, bought.wh), perWh(sold.microStx, sold.wh)];
    return {
      bought,
      sold,
      spreadCaptured: paid === null || earned === null ? null : rounded(earned - paid),
      markOuts: Object.fromEntries(
        this.#markOuts.map(({ blocks, gained, wh }) => [`+${blocks}`, perWh(BigInt(gained), BigInt(wh))]),
      ),
      listed: { offers: this.#listed, wh: BigInt(this.#listedWh) },
      fillRatio: ratio(sold.fills, this.#listed),
      timeToFill: this.#timeToFill(),
      quoteUptime: ratio(this.#quoted, this.#blocks),
      meanPosition: this.#blocks === 0 ? null : rounded(this.#positions / this.#blocks),
    };
  }

  #timeToFill(): MakerMetrics['timeToFill'] {
    const sorted = [...this.#timesToFill].sort(([a], [b]) => a - b);
    const count = sorted.reduce((sum, [, times]) => sum + times, 0);
    const blocks = sorted.reduce((sum, [length, times]) => sum + length * times, 0);
    let before = 0;
    const median = sorted.find(([, times]) => {
      before += times;
      return 2 * before >= count;
    });
    return { mean: ratio(blocks, count), median: median?.[0] ?? null };
  }
}
