import {
  type AssetWire,
  addressToString,
  FungibleConditionCode,
  NonFungibleConditionCode,
  PostConditionMode,
  PostConditionPrincipalId,
  type PostConditionPrincipalWire,
  PostConditionType,
  type PostConditionWire,
  PoxConditionCode,
} from '@stacks/transactions';
import { hexOf } from '../transaction.ts';
import { repr } from './repr.ts';

const FUNGIBLE_CODES = {
  [FungibleConditionCode.Equal]: 'sent_equal_to',
  [FungibleConditionCode.Greater]: 'sent_greater_than',
  [FungibleConditionCode.GreaterEqual]: 'sent_greater_than_or_equal_to',
  [FungibleConditionCode.Less]: 'sent_less_than',
  [FungibleConditionCode.LessEqual]: 'sent_less_than_or_equal_to',
} as const;

const ITEM_CODES = {
  [NonFungibleConditionCode.Sends]: 'sent',
  [NonFungibleConditionCode.DoesNotSend]: 'not_sent',
  [NonFungibleConditionCode.MaybeSent]: 'maybe_sent',
} as const;

const POX_CODES = {
  [PoxConditionCode.WillNotPerform]: 'not_performed',
  [PoxConditionCode.MayPerform]: 'maybe_performed',
  [PoxConditionCode.WillPerform]: 'performed',
} as const;

const MODES = {
  [PostConditionMode.Allow]: 'allow',
  [PostConditionMode.Deny]: 'deny',
  [PostConditionMode.Originator]: 'originator',
} as const;

export const postConditionMode = (mode: PostConditionMode) => MODES[mode];

/** A post-condition as every version of the indexer shows it. */
export function postCondition(condition: PostConditionWire) {
  const principal = principalOf(condition.principal);
  switch (condition.conditionType) {
    case PostConditionType.STX:
      return {
        type: 'stx' as const,
        principal,
        condition_code: FUNGIBLE_CODES[condition.conditionCode],
        amount: condition.amount.toString(),
      };
    case PostConditionType.Fungible:
      return {
        type: 'fungible' as const,
        principal,
        condition_code: FUNGIBLE_CODES[condition.conditionCode],
        amount: condition.amount.toString(),
        asset: assetOf(condition.asset),
      };
    case PostConditionType.NonFungible:
      return {
        type: 'non_fungible' as const,
        principal,
        condition_code: ITEM_CODES[condition.conditionCode],
        asset_value: { hex: hexOf(condition.assetName), repr: repr(condition.assetName) },
        asset: assetOf(condition.asset),
      };
    case PostConditionType.Staking:
      return {
        type: 'staking' as const,
        principal,
        condition_code: FUNGIBLE_CODES[condition.conditionCode],
        amount: condition.amount.toString(),
      };
    case PostConditionType.PoX:
      return { type: 'pox' as const, principal, condition_code: POX_CODES[condition.conditionCode] };
  }
}

function principalOf(principal: PostConditionPrincipalWire) {
  switch (principal.prefix) {
    case PostConditionPrincipalId.Origin:
      return { type_id: 'principal_origin' as const };
    case PostConditionPrincipalId.Standard:
      return { type_id: 'principal_standard' as const, address: addressToString(principal.address) };
    case PostConditionPrincipalId.Contract:
      return {
        type_id: 'principal_contract' as const,
        address: addressToString(principal.address),
        contract_name: principal.contractName.content,
      };
  }
}

const assetOf = (asset: AssetWire) => ({
  asset_name: asset.assetName.content,
  contract_address: addressToString(asset.address),
  contract_name: asset.contractName.content,
});
