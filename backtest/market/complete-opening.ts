import type { DelegationRecord, ProsumerRecord } from '../../src/contract/index.ts';
import {
  type GrantId,
  grantId,
  height,
  MAX_AMOUNT,
  microStx,
  type Principal,
  price,
  wh,
} from '../../src/core/index.ts';
import { type DelegationKey, delegationKey, type MarketState } from '../../src/market/index.ts';
import { type EventColumns, EventKind, NO_GRANT } from '../data/event-columns.ts';

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** What the first events of an account tell of it; null where none has told yet. */
interface Told {
  energy: number | null;
  funds: number | null;
  meter: Principal | null;
  /** Whether a meter was assigned, so that a later reading tells nothing of the opening. */
  assigned: boolean;
  lastReading: number | null;
}

/**
 * A partial opening made whole by what the events after it tell: the first event that speaks of a balance tells what it was
 * before. Accounts and delegations that no event speaks of stay out, and so do the totals they would add to; the terms of a
 * delegation, which no event repeats, count as wide. A complete opening is answered as it is.
 */
export function completeOpening(opening: MarketState, parts: Iterable<EventColumns>): MarketState {
  return opening.complete ? opening : new Completion(opening).read(parts);
}

class Completion {
  readonly #opening: MarketState;
  /** Null for an account that registers in the recording. */
  readonly #told = new Map<Principal, Told | null>();
  readonly #grants = new Map<DelegationKey, Mutable<DelegationRecord> | null>();
  readonly #listers = new Map<number, Principal>();
  #metersRequired: boolean;

  constructor(opening: MarketState) {
    this.#opening = opening;
    this.#metersRequired = opening.metersRequired;
    for (const [id, { lister }] of opening.trades) this.#listers.set(id, lister);
    for (const { seller } of opening.openOffers) this.#account(seller);
  }

  read(parts: Iterable<EventColumns>): MarketState {
    for (const columns of parts) for (let row = 0; row < columns.length; row += 1) this.#hear(columns, row);
    return this.#whole();
  }

  /** What is being learnt of an account; null where nothing is to learn. */
  #account(name: Principal): Told | null {
    const known = this.#told.get(name);
    if (known !== undefined) return known;
    const told = this.#opening.prosumers.has(name)
      ? null
      : { energy: null, funds: null, meter: null, assigned: false, lastReading: null };
    this.#told.set(name, told);
    return told;
  }

  #hear(columns: EventColumns, row: number): void {
    const { accounts, kind } = columns;
    const amount = columns.amount[row] as number;
    const energy = columns.energy[row] as number;
    const funds = columns.funds[row] as number;
    switch (kind[row]) {
      case EventKind.energyPriceSet:
        return;
      case EventKind.metersRequired:
        this.#metersRequired = amount === 1;
        return;
    }
    const name = accounts.nameOf(columns.account[row] as number);
    switch (kind[row]) {
      case EventKind.prosumerRegistered:
        this.#told.set(name, null);
        break;
      case EventKind.energyAdded:
        this.#tellEnergy(name, energy - amount);
        break;
      case EventKind.energyConsumed:
        this.#tellEnergy(name, energy + amount);
        break;
      case EventKind.fundsAdded:
        this.#tellFunds(name, funds - amount);
        break;
      case EventKind.fundsWithdrawn:
        this.#tellFunds(name, funds + amount);
        break;
      case EventKind.meterAssigned:
        this.#tellMeter(name, null);
        break;
      case EventKind.readingRecorded:
        this.#tellMeter(name, accounts.nameOf(columns.other[row] as number));
        this.#tellReading(name, (columns.mark[row] as number) - 1);
        this.#tellEnergy(name, energy - amount + (columns.second[row] as number));
        break;
      case EventKind.delegationGranted:
      case EventKind.delegationRevoked:
        this.#tellDelegation(columns, row, name);
        break;
      default:
        this.#hearTrade(columns, row, name);
    }
  }

  #hearTrade(columns: EventColumns, row: number, seller: Principal): void {
    const { accounts } = columns;
    const amount = columns.amount[row] as number;
    const energy = columns.energy[row] as number;
    const second = columns.second[row] as number;
    const trade = columns.trade[row] as number;
    const operator = accounts.nameOf(columns.operator[row] as number);
    const grant = columns.grant[row] as number;
    switch (columns.kind[row]) {
      case EventKind.tradeListed:
        this.#listers.set(trade, operator);
        this.#tellEnergy(seller, energy + amount);
        if (this.#metersRequired) this.#tellMeter(seller, seller);
        if (grant !== NO_GRANT) this.#tellGrant(seller, operator, { grant, energyLeft: second + amount });
        break;
      case EventKind.tradeCancelled: {
        this.#tellEnergy(seller, energy - amount);
        const lister = this.#listers.get(trade) ?? seller;
        if (grant !== NO_GRANT) this.#tellGrant(seller, lister, { grant, energyLeft: second - amount });
        break;
      }
      case EventKind.tradeBought: {
        const cost = amount * (columns.price[row] as number);
        const buyer = accounts.nameOf(columns.other[row] as number);
        this.#tellEnergy(seller, energy);
        this.#tellFunds(seller, (columns.funds[row] as number) - cost);
        this.#tellEnergy(buyer, (columns.buyerEnergy[row] as number) - amount);
        this.#tellFunds(buyer, (columns.buyerFunds[row] as number) + cost);
        if (this.#metersRequired) this.#tellMeter(seller, seller);
        if (grant !== NO_GRANT) this.#tellGrant(buyer, operator, { grant, spendLeft: second + cost });
        break;
      }
    }
  }

  #tellEnergy(name: Principal, energy: number): void {
    const told = this.#account(name);
    if (told !== null) told.energy ??= energy;
  }

  #tellFunds(name: Principal, funds: number): void {
    const told = this.#account(name);
    if (told !== null) told.funds ??= funds;
  }

  /** @param meter the one that an event needs to be there; null where a new one was assigned. */
  #tellMeter(name: Principal, meter: Principal | null): void {
    const told = this.#account(name);
    if (told === null || told.assigned) return;
    if (meter === null) told.assigned = true;
    else told.meter ??= meter;
  }

  #tellReading(name: Principal, last: number): void {
    const told = this.#account(name);
    if (told !== null) told.lastReading ??= last;
  }

  #tellDelegation(columns: EventColumns, row: number, prosumer: Principal): void {
    this.#account(prosumer);
    const operator = columns.accounts.nameOf(columns.operator[row] as number);
    if (columns.kind[row] === EventKind.delegationRevoked) {
      this.#tellGrant(prosumer, operator, { grant: columns.grant[row] as number });
    }
    const key = delegationKey(prosumer, operator);
    if (!this.#grants.has(key)) this.#grants.set(key, null);
  }

  #tellGrant(
    prosumer: Principal,
    operator: Principal,
    told: { readonly grant: number; readonly energyLeft?: number; readonly spendLeft?: number },
  ): void {
    const key = delegationKey(prosumer, operator);
    if (this.#opening.delegations.has(key)) return;
    const known = this.#grants.get(key);
    if (known === null) return;
    const grant: Mutable<DelegationRecord> = known ?? {
      grantId: grantId(told.grant),
      spendLeft: microStx(MAX_AMOUNT),
      energyLeft: wh(MAX_AMOUNT),
      maxBuyPrice: price(MAX_AMOUNT),
      minSellPrice: price(0),
      expiresAt: height(MAX_AMOUNT),
    };
    if (grant.grantId === told.grant) {
      if (told.energyLeft !== undefined && grant.energyLeft === MAX_AMOUNT) grant.energyLeft = wh(told.energyLeft);
      if (told.spendLeft !== undefined && grant.spendLeft === MAX_AMOUNT) grant.spendLeft = microStx(told.spendLeft);
    }
    this.#grants.set(key, grant);
  }

  #whole(): MarketState {
    const opening = this.#opening;
    const prosumers = opening.prosumers.withMutations((map) => {
      for (const [name, told] of this.#told) if (told !== null) map.set(name, this.#record(name, told));
    });
    const delegations = opening.delegations.withMutations((map) => {
      for (const [key, grant] of this.#grants) if (grant !== null) map.set(key, grant);
    });
    const lastGrant = [...delegations.values()].reduce<GrantId>(
      (last, { grantId: id }) => (id > last ? id : last),
      opening.lastGrantId,
    );
    let [energy, funds] = [0n, 0n];
    for (const record of prosumers.values()) {
      energy += BigInt(record.energy) + BigInt(record.escrowed);
      funds += BigInt(record.funds);
    }
    return {
      ...opening,
      complete: true,
      lastGrantId: lastGrant,
      gridBalance: energy,
      totalFunds: funds,
      prosumerCount: prosumers.size,
      prosumers,
      delegations,
    };
  }

  #record(name: Principal, told: Told): ProsumerRecord {
    const open = this.#opening.openOffers.filter(({ seller }) => seller === name);
    return {
      energy: wh(told.energy ?? 0),
      funds: microStx(told.funds ?? 0),
      escrowed: wh(open.reduce((sum, { amount }) => sum + amount, 0)),
      openTrades: open.length,
      meter: told.meter,
      lastReading: told.lastReading ?? 0,
    };
  }
}
