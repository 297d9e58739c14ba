import { STACKS_TESTNET } from '@stacks/network';
import { Cl, deserializeCV, makeContractCall, PostConditionMode, serializeCV } from '@stacks/transactions';
import { decodeTransaction } from 'stacks-encoding-native-js';
import { describe, expect, it } from 'vitest';
import {
  decodeBatchResult,
  decodeCall,
  decodeEvent,
  decodeResult,
  type EntryCall,
  encodeCall,
  eventDigest,
  type GridCall,
  gridErrorName,
  OPENING_DIGEST,
  postConditionsFor,
  reads,
} from '../../../src/contract/index.ts';
import { CorruptionError, principal, tradeId } from '../../../src/core/index.ts';

const alice = principal('ST1PQHQKV0RJXZFY1DGX8MNSNYVE3VGZJSRTPGZGM');
const bob = principal('ST1SJ3DTE5DN7X54YDH5D64R3BCB6A2AG2ZQ8YPD5');
const contractId = `${alice}.energy-grid`;

const calls: readonly (GridCall | EntryCall)[] = [
  { kind: 'registerProsumer' },
  { kind: 'addEnergy', amount: 0n },
  { kind: 'consumeEnergy', amount: 2n ** 128n - 1n },
  { kind: 'addFunds', amount: 3n },
  { kind: 'withdrawFunds', amount: 4n },
  { kind: 'tradeEnergy', amount: 5n, price: 6n },
  { kind: 'buyEnergy', tradeId: 7n },
  { kind: 'cancelTrade', tradeId: 8n },
  { kind: 'setEnergyPrice', price: 9n },
  { kind: 'requireMeters', required: false },
  { kind: 'assignMeter', prosumer: alice, meter: principal(contractId) },
  { kind: 'recordReading', prosumer: alice, readingId: 1n, produced: 2n, consumed: 3n },
  {
    kind: 'delegateTrading',
    operator: bob,
    spendLimit: 1n,
    energyLimit: 2n,
    maxBuyPrice: 3n,
    minSellPrice: 4n,
    expiresAt: 5n,
  },
  { kind: 'revokeDelegation', operator: bob },
  { kind: 'buyOneFor', buyer: alice, tradeId: 1n, amount: 2n, maxPrice: 3n },
  { kind: 'tradeOneFor', seller: alice, amount: 2n, price: 3n, openUntil: 4n },
  { kind: 'cancelOneFor', seller: alice, tradeId: 1n },
  { kind: 'buyEnergyFor', validUntil: 1n, entries: [] },
  { kind: 'buyEnergyFor', validUntil: 1n, entries: [{ buyer: alice, tradeId: 1n, amount: 2n, maxPrice: 3n }] },
  { kind: 'tradeEnergyFor', validUntil: 1n, openUntil: 2n, entries: [{ seller: bob, amount: 3n, price: 4n }] },
  { kind: 'cancelTradeFor', validUntil: 1n, entries: [{ seller: bob, tradeId: 3n }] },
];

describe('encodeCall and decodeCall', () => {
  it.each(calls)('default: $kind survives the way to the chain and back', (call) => {
    const { functionName, functionArgs } = encodeCall(call);
    expect(decodeCall(functionName, functionArgs)).toEqual(call);
    expect(
      decodeCall(
        functionName,
        functionArgs.map((value) => `0x${serializeCV(value)}`),
      ),
    ).toEqual(call);
  });

  it('error: values that the contract cannot take are refused', () => {
    expect(() => encodeCall({ kind: 'addEnergy', amount: -1n })).toThrow(CorruptionError);
    expect(() => encodeCall({ kind: 'addEnergy', amount: 2n ** 128n })).toThrow(CorruptionError);
    const badChecksum = principal('ST1PQHQKV0RJXZFY1DGX8MNSNYVE3VGZJSRTPGZGN');
    expect(() => encodeCall({ kind: 'revokeDelegation', operator: badChecksum })).toThrow('valid checksum');
  });

  it('error: what is no call of the contract is not decoded', () => {
    expect(() => decodeCall('mint-energy', [])).toThrow('public function of energy-grid, was "mint-energy"');
    expect(() => decodeCall(reads.market().functionName, [])).toThrow(CorruptionError);
    const { functionName, functionArgs } = encodeCall({ kind: 'addEnergy', amount: 1n });
    expect(() => decodeCall(functionName, [])).toThrow('expected 1 arguments');
    expect(() => decodeCall(functionName, [Cl.int(1)])).toThrow(CorruptionError);
    expect(() => decodeCall(functionName, [...functionArgs, Cl.uint(1)])).toThrow(CorruptionError);
    const batch = encodeCall({ kind: 'cancelTradeFor', validUntil: 1n, entries: [{ seller: bob, tradeId: 3n }] });
    expect(() => decodeCall(batch.functionName, batch.functionArgs.with(2, Cl.list([])))).toThrow('equal lengths');
  });
});

describe('a signed batch', () => {
  const sign = async (call: GridCall) => {
    const { functionName, functionArgs } = encodeCall(call);
    return makeContractCall({
      contractAddress: alice,
      contractName: 'energy-grid',
      functionName,
      functionArgs: [...functionArgs],
      postConditions: [...postConditionsFor(call, { caller: bob, contractId })],
      postConditionMode: PostConditionMode.Deny,
      senderKey: `${'7'.repeat(64)}01`,
      network: STACKS_TESTNET,
      nonce: 3n,
      fee: 9_000n,
    });
  };
  const ids = Array.from({ length: 100 }, (_, index) => BigInt(index));
  const batches: readonly GridCall[] = [
    {
      kind: 'buyEnergyFor',
      validUntil: 1n,
      entries: ids.map((id) => ({ buyer: bob, tradeId: id, amount: id, maxPrice: id })),
    },
    {
      kind: 'tradeEnergyFor',
      validUntil: 1n,
      openUntil: 2n,
      entries: ids.map((id) => ({ seller: bob, amount: id, price: id })),
    },
    { kind: 'cancelTradeFor', validUntil: 1n, entries: ids.map((id) => ({ seller: bob, tradeId: id })) },
  ];

  it.each(batches)('default: $kind has the txid that an independent decoder finds', async (call) => {
    const signed = await sign(call);
    const decoded = decodeTransaction(signed.serialize());
    expect(decoded.tx_id).toBe(`0x${signed.txid()}`);
  });
});

describe('postConditionsFor', () => {
  it('default: nothing may move', () => {
    const moving = ['addFunds', 'withdrawFunds'];
    for (const call of calls.filter(({ kind }) => !moving.includes(kind))) {
      expect(postConditionsFor(call, { caller: bob, contractId })).toEqual([]);
    }
  });

  it('behavior: a deposit leaves the caller, a withdrawal the contract, exactly', () => {
    const stx = { type: 'stx-postcondition', condition: 'eq', amount: '5' };
    const parties = { caller: bob, contractId };
    expect(postConditionsFor({ kind: 'addFunds', amount: 5n }, parties)).toEqual([{ ...stx, address: bob }]);
    expect(postConditionsFor({ kind: 'withdrawFunds', amount: 5n }, parties)).toEqual([
      { ...stx, address: contractId },
    ]);
  });
});

describe('results', () => {
  const hex = serializeCV;

  it('default: true, a number, or a named error', () => {
    expect(decodeResult(hex(Cl.ok(Cl.bool(true))))).toEqual({ ok: true, value: true });
    expect(decodeResult(`0x${hex(Cl.ok(Cl.uint(7)))}`)).toEqual({ ok: true, value: 7n });
    expect(decodeResult(hex(Cl.error(Cl.uint(103))))).toEqual({ ok: false, error: 'insufficientEnergy', code: 103 });
  });

  it('behavior: an unknown code has no name, a runtime error neither name nor code', () => {
    expect(decodeResult(hex(Cl.error(Cl.uint(115))))).toEqual({ ok: false, error: null, code: 115 });
    expect(decodeResult(hex(Cl.error(Cl.none())))).toEqual({ ok: false, error: null, code: 0 });
    expect(decodeBatchResult('0809')).toEqual({ ok: false, error: null, code: 0 });
    expect(gridErrorName(115)).toBeNull();
  });

  it('behavior: a batch by entries', () => {
    const answer = Cl.ok(Cl.list([Cl.ok(Cl.uint(5)), Cl.error(Cl.uint(106))]));
    expect(decodeBatchResult(hex(answer))).toEqual({
      ok: true,
      entries: [
        { ok: true, value: 5n },
        { ok: false, error: 'tradeNotOpen', code: 106 },
      ],
    });
  });

  it('error: anything else', () => {
    for (const value of [Cl.ok(Cl.bool(false)), Cl.uint(1), Cl.ok(Cl.int(1)), Cl.error(Cl.bool(true))]) {
      expect(() => decodeResult(hex(value))).toThrow(CorruptionError);
    }
    expect(() => decodeBatchResult(hex(Cl.ok(Cl.bool(true))))).toThrow(CorruptionError);
    expect(() => decodeResult('')).toThrow(CorruptionError);
    expect(() => decodeResult('zz')).toThrow(CorruptionError);
  });
});

describe('events and their chain', () => {
  const event = {
    topic: Cl.stringAscii('energy-price-set'),
    sequence: Cl.uint(4),
    height: Cl.uint(9),
    price: Cl.uint(120),
  };

  it('default: an event from hex or from a Clarity value', () => {
    const expected = { topic: 'energy-price-set', sequence: 4, height: 9, price: 120 };
    expect(decodeEvent(Cl.tuple(event))).toEqual(expected);
    expect(decodeEvent(`0x${serializeCV(Cl.tuple(event))}`)).toEqual(expected);
  });

  it('error: malformed events', () => {
    const { price: _, ...short } = event;
    const wrong = [
      Cl.tuple(short),
      Cl.tuple({ ...event, extra: Cl.uint(1) }),
      Cl.tuple({ ...event, topic: Cl.stringAscii('energy-price-gone') }),
      Cl.tuple({ ...event, topic: Cl.stringAscii('constructor') }),
      Cl.tuple({ ...event, price: Cl.int(120) }),
      Cl.tuple({ ...event, price: Cl.uint(2n ** 53n) }),
      Cl.uint(1),
    ];
    for (const value of wrong) expect(() => decodeEvent(value)).toThrow(CorruptionError);
    const hex = serializeCV(Cl.tuple(event));
    for (const bytes of [`${hex}00`, hex.slice(2), hex.slice(0, -2), '']) {
      expect(() => decodeEvent(bytes)).toThrow(CorruptionError);
    }
  });

  it('default: digest = sha256(previous digest, event bytes)', () => {
    // printf '%064d' 0 | xxd -r -p, followed by the byte 03: sha256sum.
    expect(eventDigest(OPENING_DIGEST, '0x03')).toBe(eventDigest(OPENING_DIGEST, '03'));
    expect(eventDigest(OPENING_DIGEST, '00')).toBe('7f9c9e31ac8256ca2f258583df262dbc7d6f68f2a03043d5c99a4ae5a7396ce9');
    expect(() => eventDigest('00', '00')).toThrow(CorruptionError);
  });
});

describe('reads', () => {
  it('error: an answer of another shape', () => {
    expect(() => reads.market().decode(serializeCV(Cl.uint(1)))).toThrow(CorruptionError);
    expect(() => reads.openPages([0, 1]).decode(serializeCV(Cl.list([Cl.uint(0)])))).toThrow('expected 2 pages');
    expect(() => reads.energyPrice().decode(serializeCV(Cl.error(Cl.uint(1))))).toThrow(CorruptionError);
    expect(() => reads.tradeInfo(tradeId(1)).decode(serializeCV(Cl.error(Cl.uint(101))))).toThrow('u101');
  });

  it('behavior: open ids come in ascending order whatever the order of pages', () => {
    const answer = serializeCV(Cl.list([Cl.uint(5n), Cl.uint(2n ** 127n + 2n)]));
    expect(deserializeCV(answer)).toBeDefined();
    expect(reads.openPages([1, 0]).decode(answer)).toEqual([1, 127, 128, 130]);
  });
});
