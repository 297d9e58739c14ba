import type { OperationResponse } from '@stacks/blockchain-api-client';
import type { AssetAction, VmEvent } from '../vm/events.ts';
import { hexAndRepr } from './repr.ts';

type EventV3 = OperationResponse['/extended/v3/transactions/{tx_id}/events']['results'][number];

/** An event as `/extended/v1` and the contract logs show it. */
export function eventV1(event: VmEvent, eventIndex: number, txid: string) {
  const head = { event_index: eventIndex, tx_id: `0x${txid}` };
  switch (event.kind) {
    case 'print':
      return {
        ...head,
        event_type: 'smart_contract_log' as const,
        contract_log: { contract_id: event.contract, topic: 'print', value: hexAndRepr(event.value) },
      };
    case 'stx': {
      const memo = event.action === 'transfer' ? { memo: event.memo === undefined ? '' : `0x${event.memo}` } : {};
      const asset = { asset_event_type: event.action, ...parties(event), amount: event.amount.toString(), ...memo };
      return { ...head, event_type: 'stx_asset' as const, asset };
    }
    case 'ft':
      return {
        ...head,
        event_type: 'fungible_token_asset' as const,
        asset: {
          asset_event_type: event.action,
          asset_id: event.asset,
          ...parties(event),
          amount: event.amount.toString(),
        },
      };
    case 'nft':
      return {
        ...head,
        event_type: 'non_fungible_token_asset' as const,
        asset: {
          asset_event_type: event.action,
          asset_id: event.asset,
          ...parties(event),
          value: hexAndRepr(event.value),
        },
      };
  }
}

/** An event as `/extended/v3/transactions/{id}/events` shows it. */
export function eventV3(event: VmEvent, eventIndex: number): EventV3 {
  const head = { event_index: eventIndex };
  switch (event.kind) {
    case 'print':
      return {
        ...head,
        type: 'contract_log' as const,
        contract_log: { contract_id: event.contract, topic: 'print', value: hexAndRepr(event.value) },
      };
    case 'stx': {
      const moved = movement(event, { amount: event.amount.toString() });
      const memo = event.memo === undefined ? null : memoOf(event.memo);
      return {
        ...head,
        type: 'stx_asset' as const,
        stx_asset: moved.type === 'transfer' ? { ...moved, memo } : moved,
      };
    }
    case 'ft': {
      const asset = { asset_identifier: event.asset, amount: event.amount.toString() };
      return { ...head, type: 'ft_asset' as const, ft_asset: movement(event, asset) };
    }
    case 'nft': {
      const asset = { asset_identifier: event.asset, value: hexAndRepr(event.value) };
      return { ...head, type: 'nft_asset' as const, nft_asset: movement(event, asset) };
    }
  }
}

/** A memo of hex without `0x`, with its text up to the padding. */
export const memoOf = (hex: string) => ({
  hex: `0x${hex}`,
  repr: Buffer.from(hex, 'hex').toString('utf8').replace(/\0+$/, ''),
});

interface Parties {
  readonly sender?: string;
  readonly recipient?: string;
}

const parties = ({ sender, recipient }: Parties) => ({ sender: sender ?? '', recipient: recipient ?? '' });

function movement<What extends object>(event: Parties & { readonly action: AssetAction }, what: What) {
  const { sender, recipient } = parties(event);
  switch (event.action) {
    case 'transfer':
      return { type: 'transfer' as const, sender, recipient, ...what };
    case 'mint':
      return { type: 'mint' as const, recipient, ...what };
    case 'burn':
      return { type: 'burn' as const, sender, ...what };
  }
}
