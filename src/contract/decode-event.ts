import { ClarityType, type ClarityValue } from '@stacks/transactions';
import {
  CorruptionError,
  grantId,
  height,
  microStx,
  type Price,
  price,
  sequence,
  tradeId,
  unreachable,
  wh,
} from '../core/index.ts';
import type { AbiFields } from './abi-type.ts';
import { type ClarityInput, decodeValue, parseClarity } from './decode-value.ts';
import type { EnergyGrant, GridEvent, GridEventBody } from './event.ts';
import { type EventTopic, eventFields } from './event-schema.ts';

/**
 * Decodes one print of the contract.
 *
 * @param input the printed value, or its consensus bytes as hex with or without `0x`.
 * @throws CorruptionError for anything that the contract does not print: it has exactly the fields of its topic, in range.
 */
export function decodeEvent(input: ClarityInput): GridEvent {
  const value = parseClarity(input);
  const topic = topicOf(value);
  const fields = <Topic extends EventTopic>(name: Topic) => {
    const type = { tuple: eventFields[name] };
    return decodeValue(type, value) as unknown as AbiFields<(typeof eventFields)[Topic]>;
  };
  const head = fields(topic);
  return { ...bodyOf(topic, fields), sequence: sequence(head.sequence), height: height(head.height) };
}

function topicOf(value: ClarityValue): EventTopic {
  const topic = value.type === ClarityType.Tuple ? value.value.topic : undefined;
  const name = topic?.type === ClarityType.StringASCII ? topic.value : '';
  if (!Object.hasOwn(eventFields, name))
    throw new CorruptionError(`expected an event of energy-grid, was topic "${name}"`);
  return name as EventTopic;
}

type FieldsOf = <Topic extends EventTopic>(topic: Topic) => AbiFields<(typeof eventFields)[Topic]>;

function bodyOf(topic: EventTopic, fieldsOf: FieldsOf): GridEventBody {
  switch (topic) {
    case 'prosumer-registered':
      return { topic, prosumer: fieldsOf(topic).prosumer };
    case 'energy-added':
    case 'energy-consumed': {
      const { prosumer, amount, energyBalance } = fieldsOf(topic);
      return { topic, prosumer, amount: wh(amount), energyBalance: wh(energyBalance) };
    }
    case 'funds-added':
    case 'funds-withdrawn': {
      const { prosumer, amount, fundsBalance } = fieldsOf(topic);
      return { topic, prosumer, amount: microStx(amount), fundsBalance: microStx(fundsBalance) };
    }
    case 'trade-listed': {
      const { openUntil, ...event } = fieldsOf(topic);
      return {
        ...offerOf(event),
        topic,
        price: unitPrice(event.price),
        openUntil: openUntil === null ? null : height(openUntil),
      };
    }
    case 'trade-cancelled':
      return { ...offerOf(fieldsOf(topic)), topic };
    case 'trade-bought': {
      const { seller, buyer, operator, grant, ...event } = fieldsOf(topic);
      return {
        topic,
        tradeId: tradeId(event.tradeId),
        seller,
        buyer,
        operator,
        amount: wh(event.amount),
        price: unitPrice(event.price),
        cost: microStx(event.cost),
        buyerEnergy: wh(event.buyerEnergy),
        buyerFunds: microStx(event.buyerFunds),
        sellerEnergy: wh(event.sellerEnergy),
        sellerFunds: microStx(event.sellerFunds),
        grant: grant && { id: grantId(grant.id), spendLeft: microStx(grant.spendLeft) },
      };
    }
    case 'energy-price-set':
      return { topic, price: unitPrice(fieldsOf(topic).price) };
    case 'meters-required':
      return { topic, required: fieldsOf(topic).required };
    case 'meter-assigned': {
      const { prosumer, meter } = fieldsOf(topic);
      return { topic, prosumer, meter };
    }
    case 'reading-recorded': {
      const { prosumer, meter, readingId, produced, consumed, energyBalance } = fieldsOf(topic);
      return {
        topic,
        prosumer,
        meter,
        readingId: wh(readingId),
        produced: wh(produced),
        consumed: wh(consumed),
        energyBalance: wh(energyBalance),
      };
    }
    case 'delegation-granted': {
      const { prosumer, operator, ...grant } = fieldsOf(topic);
      return {
        topic,
        prosumer,
        operator,
        grantId: grantId(grant.grantId),
        spendLimit: microStx(grant.spendLimit),
        energyLimit: wh(grant.energyLimit),
        maxBuyPrice: unitPrice(grant.maxBuyPrice),
        minSellPrice: unitPrice(grant.minSellPrice),
        expiresAt: height(grant.expiresAt),
      };
    }
    case 'delegation-revoked': {
      const { prosumer, operator, grantId: id } = fieldsOf(topic);
      return { topic, prosumer, operator, grantId: grantId(id) };
    }
    default:
      return unreachable(topic, 'topic');
  }
}

const unitPrice = (value: bigint): Price => price(value);

/** What a listing and its cancellation have in common. */
function offerOf(event: AbiFields<(typeof eventFields)['trade-cancelled']>) {
  const { seller, operator, grant } = event;
  const left: EnergyGrant | null = grant && { id: grantId(grant.id), energyLeft: wh(grant.energyLeft) };
  return {
    tradeId: tradeId(event.tradeId),
    seller,
    operator,
    amount: wh(event.amount),
    energyBalance: wh(event.energyBalance),
    grant: left,
  };
}
