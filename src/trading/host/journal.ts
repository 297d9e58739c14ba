import type { HeightedEvent, MarketSnapshot, MarketUpdate } from '../../market/index.ts';
import type { Checkpoint } from './checkpoint.ts';

/** What a new thread needs to stand where the lost one stood. Plain data. */
export interface JournalContent {
  readonly base: { readonly snapshot: MarketSnapshot } | { readonly checkpoint: Checkpoint } | null;
  /** What came after the base, oldest first. */
  readonly entries: readonly HeightedEvent[];
}

/** Events after which the journal asks for a checkpoint, so that it does not grow with the age of the bot. */
const LONG = 2_000;

/** The host's own copy of what its thread was told. */
export class Journal {
  #base: JournalContent['base'] = null;
  #entries: HeightedEvent[] = [];

  append(update: MarketUpdate): void {
    switch (update.kind) {
      case 'restarted':
        this.#base = { snapshot: update.snapshot };
        this.#entries = [];
        break;
      case 'rewound':
        this.#entries = this.#entries.filter(({ event }) => event.sequence <= update.toSequence);
        this.#push(update.entries);
        break;
      case 'advanced':
        this.#push(update.entries);
        break;
      case 'idle':
      case 'lagging':
        break;
    }
  }

  #push(entries: readonly HeightedEvent[]): void {
    for (const { event, height } of entries) this.#entries.push({ event, height });
  }

  isLong(): boolean {
    return this.#entries.length > LONG;
  }

  /** Replaces the base by a later moment and forgets what led there. */
  rebase(checkpoint: Checkpoint): void {
    this.#base = { checkpoint };
    this.#entries = this.#entries.filter(({ event }) => event.sequence > checkpoint.state.sequence);
  }

  content(): JournalContent {
    return { base: this.#base, entries: this.#entries };
  }
}
