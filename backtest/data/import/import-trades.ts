import { basename } from 'node:path';
import { ConfigError, type Principal } from '../../../src/core/index.ts';
import type { Manifest } from '../recording/manifest.ts';
import { blockClock, type Moment, momentCell } from './block-clock.ts';
import { optional, readRows, textCell, wholeCell } from './cells.ts';
import { type ImportWriter, type OnProgress, writeImport } from './import-writer.ts';
import { fileHash, readTable, type TableRow } from './table-file.ts';

export interface ImportTradesOptions {
  /** Columns `offer`, `seller`, `amount_wh`, `price`, `at`; may have `open_until` (a height) and `cancelled`. */
  readonly offers: string;
  /** Columns `offer`, `buyer`, `at`; null where nothing was bought. */
  readonly trades: string | null;
  /** Seconds of a block, where the files have times. */
  readonly blockSeconds: number;
  readonly onProgress?: OnProgress;
}

/** Where a deed takes place, and what is known there. */
interface Scene {
  readonly writer: ImportWriter;
  /** The trade that each offer of the files became. */
  readonly tradeIds: Map<string, bigint>;
  readonly height: number;
}

/** What a row says was done. */
interface Deed {
  readonly moment: Moment;
  /** A block's listings stand in front of its purchases, and those in front of its cancellations. */
  readonly order: number;
  perform(scene: Scene): void;
}

/**
 * Makes a recording of offers and of who bought them. Everybody registers when they first appear, and is given the energy or
 * the funds that their row needs: what they had beyond that, the files do not say.
 *
 * @throws ConfigError naming the rows that cannot be read, or the first that the contract would refuse.
 */
export async function importTrades(folder: string, options: ImportTradesOptions): Promise<Manifest> {
  const { offers, trades, blockSeconds, onProgress = () => {} } = options;
  const listed = await readRows(readTable(offers), offerDeeds);
  const bought = trades === null ? [] : await readRows(readTable(trades), purchase);
  const deeds = [...listed.flat(), ...bought];
  const files = trades === null ? [offers] : [offers, trades];
  const heightOf = blockClock(
    deeds.map(({ moment }) => moment),
    { blockSeconds },
  );
  const origin = {
    files: await Promise.all(files.map(async (file) => ({ name: basename(file), sha256: await fileHash(file) }))),
    parameters: { blockSeconds },
  };
  const tradeIds = new Map<string, bigint>();
  const placed = deeds.map((deed) => ({ deed, height: heightOf(deed.moment) }));
  placed.sort((one, other) => one.height - other.height || one.deed.order - other.deed.order);
  return writeImport(folder, { origin, onProgress }, (writer) => {
    for (const { deed, height } of placed) deed.perform({ writer, tradeIds, height });
  });
}

function offerDeeds(row: TableRow): Deed[] {
  const { where } = row;
  const offer = textCell(row, 'offer');
  const seller = textCell(row, 'seller');
  const amount = BigInt(wholeCell(row, 'amount_wh', 1));
  const price = BigInt(wholeCell(row, 'price', 1));
  const openUntil = optional(row, 'open_until', wholeCell);
  const moment = momentCell(row, 'at');
  const cancelled = optional(row, 'cancelled', momentCell);
  const listing: Deed = {
    moment,
    order: 0,
    perform({ writer, tradeIds, height }) {
      if (tradeIds.has(offer)) throw new ConfigError(`${where}: expected each offer once, was twice: "${offer}"`);
      const account = writer.addressOf(seller);
      const place = { height, where };
      provide(writer, account, { energy: amount, funds: 0n }, place);
      if (openUntil === null) writer.call(account, { kind: 'tradeEnergy', amount, price }, place);
      else {
        const until = BigInt(openUntil);
        const entries = [{ seller: account, amount, price }];
        const result = { kind: 'tradeEnergyFor', validUntil: until, openUntil: until, entries } as const;
        writer.call(account, result, place);
      }
      tradeIds.set(offer, BigInt(writer.state.lastTradeId));
    },
  };
  if (cancelled === null) return [listing];
  const cancellation: Deed = {
    moment: cancelled,
    order: 2,
    perform({ writer, tradeIds, height }) {
      const tradeId = knownTrade(tradeIds, offer, where);
      writer.call(writer.addressOf(seller), { kind: 'cancelTrade', tradeId }, { height, where });
    },
  };
  return [listing, cancellation];
}

function purchase(row: TableRow): Deed {
  const { where } = row;
  const offer = textCell(row, 'offer');
  const buyer = textCell(row, 'buyer');
  return {
    moment: momentCell(row, 'at'),
    order: 1,
    perform({ writer, tradeIds, height }) {
      const tradeId = knownTrade(tradeIds, offer, where);
      const account = writer.addressOf(buyer);
      const place = { height, where };
      const cost = writer.state.openOffers.find(({ id }) => BigInt(id) === tradeId)?.cost ?? 0;
      provide(writer, account, { energy: 0n, funds: BigInt(cost) }, place);
      writer.call(account, { kind: 'buyEnergy', tradeId }, place);
    },
  };
}

function knownTrade(tradeIds: ReadonlyMap<string, bigint>, offer: string, where: string): bigint {
  const id = tradeIds.get(offer);
  if (id === undefined) throw new ConfigError(`${where}: expected an offer that is listed by then, was "${offer}"`);
  return id;
}

/** Registers an account that is not, and gives it what it lacks. */
function provide(
  writer: ImportWriter,
  account: Principal,
  needed: { readonly energy: bigint; readonly funds: bigint },
  place: { readonly height: number; readonly where: string },
): void {
  if (!writer.state.prosumers.has(account)) writer.call(account, { kind: 'registerProsumer' }, place);
  const { energy, funds } = writer.state.prosumers.get(account) ?? { energy: 0, funds: 0 };
  const energyLacking = needed.energy - BigInt(energy);
  const fundsLacking = needed.funds - BigInt(funds);
  if (energyLacking > 0n) writer.call(account, { kind: 'addEnergy', amount: energyLacking }, place);
  if (fundsLacking > 0n) writer.call(account, { kind: 'addFunds', amount: fundsLacking }, place);
}
