import { CorruptionError } from '../../core/index.ts';

/** What a transaction did to assets and printed, in order. Amounts are µSTX or token units; `value` is consensus hex with `0x`. */
export type VmEvent =
  | { readonly kind: 'print'; readonly contract: string; readonly value: string }
  | {
      readonly kind: 'stx';
      readonly action: AssetAction;
      readonly amount: bigint;
      readonly sender?: string;
      readonly recipient?: string;
      readonly memo?: string;
    }
  | {
      readonly kind: 'ft';
      readonly action: AssetAction;
      readonly asset: string;
      readonly amount: bigint;
      readonly sender?: string;
      readonly recipient?: string;
    }
  | {
      readonly kind: 'nft';
      readonly action: AssetAction;
      readonly asset: string;
      readonly value: string;
      readonly sender?: string;
      readonly recipient?: string;
    };

export type AssetAction = 'transfer' | 'mint' | 'burn';

interface RawEvent {
  readonly event: string;
  readonly data: Readonly<Record<string, string>>;
}

const ASSET_EVENT = /^(stx|ft|nft)_(transfer|mint|burn)_event$/;

/** Reads one event as the simnet reports it (a JSON text); `undefined` for kinds that this chain does not show (stacking). */
export function parseVmEvent(text: string): VmEvent | undefined {
  const { event, data } = JSON.parse(text) as RawEvent;
  if (event === 'print_event')
    return { kind: 'print', contract: field(data, 'contract_identifier'), value: field(data, 'raw_value') };
  const match = ASSET_EVENT.exec(event);
  if (match === null) return undefined;
  const action = match[2] as AssetAction;
  const parties = {
    ...(data.sender === undefined ? {} : { sender: data.sender }),
    ...(data.recipient === undefined ? {} : { recipient: data.recipient }),
  };
  switch (match[1]) {
    case 'stx':
      return {
        kind: 'stx',
        action,
        amount: BigInt(field(data, 'amount')),
        ...parties,
        ...(data.memo ? { memo: data.memo } : {}),
      };
    case 'ft':
      return {
        kind: 'ft',
        action,
        asset: field(data, 'asset_identifier'),
        amount: BigInt(field(data, 'amount')),
        ...parties,
      };
    default:
      return {
        kind: 'nft',
        action,
        asset: field(data, 'asset_identifier'),
        value: field(data, 'raw_value'),
        ...parties,
      };
  }
}

function field(data: Readonly<Record<string, string>>, name: string): string {
  const value = data[name];
  if (value === undefined)
    throw new CorruptionError(`expected a simnet event with "${name}", was ${JSON.stringify(data)}`);
  return value;
}
