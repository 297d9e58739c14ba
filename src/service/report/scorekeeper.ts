import { type MicroStx, microStx } from '../../core/index.ts';
import type { Fill, LedgerPort, LedgerSummary } from '../../execution/index.ts';
import { type GridSettings, gridPrices } from '../../trading/index.ts';
import type { BotEvent } from '../bot/bot-event.ts';
import { type PricedFill, profit } from './profit.ts';

/** Keeps the score of a running bot: the ledger's sums, and the profit over all fills. */
export interface Scorekeeper {
  /** Hears what the bot does, in order. */
  hear(event: BotEvent): void;
  /** Brings the score up to date with the ledger. */
  refresh(): Promise<void>;
  /** As of the last refresh. */
  score(): { readonly summary: LedgerSummary; readonly profit: MicroStx };
}

/** Opens the score of a ledger, which may hold fills of earlier runs. */
export async function createScorekeeper(
  ledger: LedgerPort,
  { grid }: { readonly grid: GridSettings },
): Promise<Scorekeeper> {
  let gained = 0n;
  let stale = true;
  let summary = await ledger.summary();
  const gainOf = (fills: readonly (PricedFill['fill'] & Pick<Fill, 'energyPrice'>)[]): bigint =>
    BigInt(
      profit(
        fills.map((fill) => ({ fill, grid: gridPrices(grid, fill.energyPrice) })),
        { feesPaid: microStx(0) },
      ),
    );

  const keeper: Scorekeeper = {
    hear(event) {
      if (event.kind === 'filled') gained += gainOf(event.fills.map((fill) => ({ ...fill, energy: fill.amount })));
      // A reorg may have taken fills back: only the ledger knows which.
      if (event.kind === 'rewound') stale = true;
    },
    async refresh() {
      if (stale) {
        gained = gainOf(await ledger.fillTotals());
        stale = false;
      }
      summary = await ledger.summary();
    },
    score: () => ({ summary, profit: microStx(gained - BigInt(summary.feesPaid)) }),
  };
  await keeper.refresh();
  return keeper;
}
