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
  /** Index of the first fill that is not that old yet. */
  next: number;
  gained: bigint;
  wh: bigint;
}

const ratio = (part: number, whole: number): number | null => (whole === 0 ? null : rounded(part / whole));

/** To six decimals: what is printed does not depend on how a machine prints a long fraction. */
const rounded = (value: number): number => Math.round(value * 1e6) / 1e6;

const perWh = (microStx: bigint, wh: bigint): number | null =>
  wh === 0n ? null : Number((microStx * 1_000n) / wh) / 1_000;

/** Collects maker metrics of one account. */
export class MakerLog {
  readonly #fills: Fill[] = [];
  readonly #markOuts: readonly MarkOut[] = MARK_OUT_BLOCKS.map((blocks) => ({ blocks, next: 0, gained: 0n, wh: 0n }));
  /** By blocks from listing to sale, how often. */
  readonly #timesToFill = new Map<number, number>();
  #listed = 0;
  #listedWh = 0n;
  #blocks = 0;
  #quoted = 0;
  #positions = 0n;

  listed(amount: number): void {
    this.#listed += 1;
    this.#listedWh += BigInt(amount);
  }

  bought(amount: number, price: number, at: number): void {
    this.#fills.push({ at, amount, price, side: 1 });
  }

  sold(amount: number, price: number, when: { readonly at: number; readonly listedAt: number }): void {
    this.#fills.push({ at: when.at, amount, price, side: -1 });
    const blocks = when.at - when.listedAt;
    this.#timesToFill.set(blocks, (this.#timesToFill.get(blocks) ?? 0) + 1);
  }

  /** A block is over. @param last the last price that others paid. */
  block(at: number, state: { readonly last: number; readonly quoting: boolean; readonly position: bigint }): void {
    this.#blocks += 1;
    if (state.quoting) this.#quoted += 1;
    this.#positions += state.position;
    for (const markOut of this.#markOuts) {
      for (; markOut.next < this.#fills.length; markOut.next += 1) {
        const fill = this.#fills[markOut.next] as Fill;
        if (fill.at + markOut.blocks > at) break;
        markOut.gained += BigInt(fill.side * (state.last - fill.price)) * BigInt(fill.amount);
        markOut.wh += BigInt(fill.amount);
      }
    }
  }

  metrics(): MakerMetrics {
    const [bought, sold] = [this.#traded(1), this.#traded(-1)];
    const [paid, earned] = [perWh(bought.microStx, bought.wh), perWh(sold.microStx, sold.wh)];
    return {
      bought,
      sold,
      spreadCaptured: paid === null || earned === null ? null : rounded(earned - paid),
      markOuts: Object.fromEntries(this.#markOuts.map(({ blocks, gained, wh }) => [`+${blocks}`, perWh(gained, wh)])),
      listed: { offers: this.#listed, wh: this.#listedWh },
      fillRatio: ratio(sold.fills, this.#listed),
      timeToFill: this.#timeToFill(),
      quoteUptime: ratio(this.#quoted, this.#blocks),
      meanPosition: this.#blocks === 0 ? null : rounded(Number(this.#positions) / this.#blocks),
    };
  }

  #traded(side: number): Traded {
    const fills = this.#fills.filter((fill) => fill.side === side);
    return {
      fills: fills.length,
      wh: fills.reduce((sum, { amount }) => sum + BigInt(amount), 0n),
      microStx: fills.reduce((sum, { amount, price }) => sum + BigInt(amount) * BigInt(price), 0n),
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
