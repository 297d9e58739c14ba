import {
  type AssetWire,
  addressToString,
  Cl,
  FungibleConditionCode,
  NonFungibleConditionCode,
  PostConditionMode,
  PostConditionPrincipalId,
  type PostConditionPrincipalWire,
  PostConditionType,
  type PostConditionWire,
} from '@stacks/transactions';
import type { VmEvent } from './vm/events.ts';

const STX = 'STX';

interface Outflows {
  /** What left a principal, by `principal asset`: transfers and burns together, never netted against what came in. */
  readonly amounts: ReadonlyMap<string, bigint>;
  /** Non-fungible items that left, as `principal asset item`. */
  readonly items: ReadonlySet<string>;
}

export interface PostConditionCheck {
  readonly origin: string;
  readonly mode: PostConditionMode;
  readonly conditions: readonly PostConditionWire[];
  readonly events: readonly VmEvent[];
}

/**
 * Checks what a call moved against its transaction's post-conditions.
 * Source: stacks-core, chainstate/stacks/db/transactions.rs, check_transaction_postconditions.
 *
 * @returns why they are not met, or `undefined`.
 */
export function postConditionFailure({ origin, mode, conditions, events }: PostConditionCheck): string | undefined {
  const { amounts, items } = outflows(events);
  const covered = new Set<string>();
  for (const condition of conditions) {
    const principal = conditionPrincipal(condition.principal, origin);
    switch (condition.conditionType) {
      case PostConditionType.STX:
      case PostConditionType.Fungible: {
        const asset = condition.conditionType === PostConditionType.STX ? STX : assetId(condition.asset);
        const sent = amounts.get(`${principal} ${asset}`) ?? 0n;
        if (!meets(condition.conditionCode, sent, condition.amount)) {
          return `Post-condition check failure: ${principal} sent ${sent} of ${asset}, condition ${FungibleConditionCode[condition.conditionCode]} ${condition.amount}`;
        }
        covered.add(`${principal} ${asset}`);
        break;
      }
      case PostConditionType.NonFungible: {
        const item = `${principal} ${assetId(condition.asset)} 0x${Cl.serialize(condition.assetName)}`;
        const code = condition.conditionCode;
        const sent = items.has(item);
        if (
          (code === NonFungibleConditionCode.Sends && !sent) ||
          (code === NonFungibleConditionCode.DoesNotSend && sent)
        ) {
          return `Post-condition check failure: ${item} was ${sent ? '' : 'not '}sent, condition ${NonFungibleConditionCode[code]}`;
        }
        covered.add(item);
        break;
      }
      default:
        return 'Post-condition check failure: conditions on stacking are not known to this chain';
    }
  }
  if (mode === PostConditionMode.Allow) return undefined;
  for (const moved of [...amounts.keys(), ...items]) {
    const checked = mode === PostConditionMode.Deny || moved.startsWith(`${origin} `);
    if (checked && !covered.has(moved)) {
      return `Post-condition check failure: ${moved} was moved without a condition`;
    }
  }
  return undefined;
}

function outflows(events: readonly VmEvent[]): Outflows {
  const amounts = new Map<string, bigint>();
  const items = new Set<string>();
  for (const event of events) {
    if (event.kind === 'print' || event.action === 'mint' || event.sender === undefined) continue;
    if (event.kind === 'nft') {
      items.add(`${event.sender} ${event.asset} ${event.value}`);
      continue;
    }
    if (event.amount === 0n) continue;
    const key = `${event.sender} ${event.kind === 'stx' ? STX : event.asset}`;
    amounts.set(key, (amounts.get(key) ?? 0n) + event.amount);
  }
  return { amounts, items };
}

/** The principal that a condition speaks of, in text. */
function conditionPrincipal(principal: PostConditionPrincipalWire, origin: string): string {
  switch (principal.prefix) {
    case PostConditionPrincipalId.Origin:
      return origin;
    case PostConditionPrincipalId.Standard:
      return addressToString(principal.address);
    case PostConditionPrincipalId.Contract:
      return `${addressToString(principal.address)}.${principal.contractName.content}`;
  }
}

const assetId = (asset: AssetWire): string =>
  `${addressToString(asset.address)}.${asset.contractName.content}::${asset.assetName.content}`;

function meets(code: FungibleConditionCode, sent: bigint, amount: bigint): boolean {
  switch (code) {
    case FungibleConditionCode.Equal:
      return sent === amount;
    case FungibleConditionCode.Greater:
      return sent > amount;
    case FungibleConditionCode.GreaterEqual:
      return sent >= amount;
    case FungibleConditionCode.Less:
      return sent < amount;
    case FungibleConditionCode.LessEqual:
      return sent <= amount;
  }
}
