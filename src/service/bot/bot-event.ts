import type { Height } from '../../core/index.ts';
import type { ConfirmedBatch, Fill, SubmittedBatch } from '../../execution/index.ts';
import type { Bench, Decision, HaltState, PlannedIntent, TurnSummary } from '../../trading/index.ts';

/** What a running bot tells whoever watches: the terminal view, the log, a test. */
export type BotEvent =
  | { readonly kind: 'turn'; readonly turn: number; readonly height: Height; readonly summary: TurnSummary }
  | { readonly kind: 'decided'; readonly height: Height; readonly decisions: readonly Decision[] }
  | {
      readonly kind: 'submitted';
      readonly height: Height;
      readonly batches: readonly SubmittedBatch[];
      readonly planned: readonly PlannedIntent[];
    }
  | { readonly kind: 'confirmed'; readonly height: Height; readonly batches: readonly ConfirmedBatch[] }
  | { readonly kind: 'filled'; readonly fills: readonly Fill[] }
  /** A reorg took events back; fills may have gone with them. */
  | { readonly kind: 'rewound'; readonly height: Height }
  | { readonly kind: 'benched'; readonly benched: readonly Bench[] }
  /** A server or store did not answer; the bot tries again. */
  | { readonly kind: 'trouble'; readonly message: string }
  | { readonly kind: 'recovered' }
  /** Another process holds the lanes; the bot waits to take its place. */
  | { readonly kind: 'standby' }
  | { readonly kind: 'halt-state'; readonly state: HaltState };

export type BotListener = (event: BotEvent) => void;
