import type { AbiField } from './abi-type.ts';

/** Prints are untyped in the contract's interface, so their fields stand here; the contract's tests hold them to it. */
const uint = <const Name extends string>(name: Name) => ({ name, type: 'uint128' }) as const;
const int = <const Name extends string>(name: Name) => ({ name, type: 'int128' }) as const;
const account = <const Name extends string>(name: Name) => ({ name, type: 'principal' }) as const;

const grantLeft = <const Left extends string>(left: Left) =>
  ({ name: 'grant', type: { optional: { tuple: [uint('id'), uint(left)] } } }) as const;

const head = [{ name: 'topic', type: { 'string-ascii': { length: 32 } } }, uint('sequence'), uint('height')] as const;
const energyChange = [...head, account('prosumer'), uint('amount'), int('energy-balance')] as const;
const fundsChange = [...head, account('prosumer'), uint('amount'), uint('funds-balance')] as const;

/** The fields of each event by topic. */
export const eventFields = {
  'prosumer-registered': [...head, account('prosumer')],
  'energy-added': energyChange,
  'energy-consumed': energyChange,
  'funds-added': fundsChange,
  'funds-withdrawn': fundsChange,
  'trade-listed': [
    ...head,
    uint('trade-id'),
    account('seller'),
    account('operator'),
    uint('amount'),
    uint('price'),
    { name: 'open-until', type: { optional: 'uint128' } },
    int('energy-balance'),
    grantLeft('energy-left'),
  ],
  'trade-cancelled': [
    ...head,
    uint('trade-id'),
    account('seller'),
    account('operator'),
    uint('amount'),
    int('energy-balance'),
    grantLeft('energy-left'),
  ],
  'trade-bought': [
    ...head,
    uint('trade-id'),
    account('seller'),
    account('buyer'),
    account('operator'),
    uint('amount'),
    uint('price'),
    uint('cost'),
    int('buyer-energy'),
    uint('buyer-funds'),
    int('seller-energy'),
    uint('seller-funds'),
    grantLeft('spend-left'),
  ],
  'energy-price-set': [...head, uint('price')],
  'meters-required': [...head, { name: 'required', type: 'bool' }],
  'meter-assigned': [...head, account('prosumer'), account('meter')],
  'reading-recorded': [
    ...head,
    account('prosumer'),
    account('meter'),
    uint('reading-id'),
    uint('produced'),
    uint('consumed'),
    int('energy-balance'),
  ],
  'delegation-granted': [
    ...head,
    account('prosumer'),
    account('operator'),
    uint('grant-id'),
    uint('spend-limit'),
    uint('energy-limit'),
    uint('max-buy-price'),
    uint('min-sell-price'),
    uint('expires-at'),
  ],
  'delegation-revoked': [...head, account('prosumer'), account('operator'), uint('grant-id')],
} as const satisfies Readonly<Record<string, readonly AbiField[]>>;

export type EventTopic = keyof typeof eventFields;
