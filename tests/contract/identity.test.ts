import { Cl } from '@stacks/transactions';
import { describe, expect, it } from 'vitest';
import { reads } from '../../src/contract/index.ts';
import { actors, contractId, epochs, freshGrid } from '../support/simnet.ts';

const { alice, bob } = actors;

/** A contract that a user is talked into calling; it passes the calls on and hopes to act as the user. */
const middleman = `
  (define-public (join) (contract-call? '${contractId} register-prosumer))
  (define-public (take-energy (amount uint)) (contract-call? '${contractId} add-energy amount))
  (define-public (drain (amount uint)) (contract-call? '${contractId} withdraw-funds amount))
  (define-public (deposit (amount uint)) (contract-call? '${contractId} add-funds amount))
  (define-public (give-away (seller principal) (amount uint))
    (contract-call? '${contractId} trade-one-for seller amount u1 u9000))
  (define-public (authorise (operator principal))
    (contract-call? '${contractId} delegate-trading operator u1000 u1000 u1000 u0 u9000))
  (define-public (deposit-own (amount uint))
    (as-contract? ((with-stx amount)) (try! (contract-call? '${contractId} add-funds amount))))
  (define-public (withdraw-own (amount uint)) (contract-call? '${contractId} withdraw-funds amount))
`;

describe.each(epochs)('a contract in the middle, in epoch %s', (epoch) => {
  it('behavior: is not the user who called it, and is a prosumer of its own when it registers', async () => {
    const grid = await freshGrid({ epoch });
    for (const who of [alice, bob]) grid.must(who, { kind: 'registerProsumer' });
    grid.must(alice, { kind: 'addEnergy', amount: 100n });
    grid.must(alice, { kind: 'addFunds', amount: 1_000n });
    const contract = grid.deploy('middleman', middleman);
    const through = (name: string, ...args: Parameters<typeof grid.callThrough>[3]) =>
      grid.callThrough(alice, contract, name, args).result;
    const before = grid.read(reads.market());

    expect(through('take-energy', Cl.uint(5))).toMatchObject({ ok: false, error: 'notFound' });
    expect(through('drain', Cl.uint(5))).toMatchObject({ ok: false, error: 'notFound' });
    expect(through('deposit', Cl.uint(5))).toMatchObject({ ok: false, error: 'notFound' });
    expect(through('authorise', Cl.principal(bob))).toMatchObject({ ok: false, error: 'notFound' });
    expect(through('give-away', Cl.principal(alice), Cl.uint(5))).toMatchObject({ ok: false, error: 'unauthorized' });
    expect(grid.read(reads.market())).toMatchObject({ sequence: before.sequence, digest: before.digest });

    expect(through('join')).toEqual({ ok: true, value: true });
    expect(grid.read(reads.prosumerInfo(contract))).toEqual({ energy: 0, funds: 0 });
    // Registered, it still cannot move the user's STX: the transfer's sender must be the one who sends.
    expect(through('deposit', Cl.uint(5))).toMatchObject({ ok: false, error: 'transferNotSender' });
    expect(through('drain', Cl.uint(5))).toMatchObject({ ok: false, error: 'insufficientFunds' });
    expect(grid.read(reads.prosumerInfo(alice))).toEqual({ energy: 100, funds: 1_000 });

    grid.transfer(50n, bob, contract);
    expect(through('deposit-own', Cl.uint(50))).toEqual({ ok: true, value: true });
    expect(grid.read(reads.prosumerInfo(contract))).toEqual({ energy: 0, funds: 50 });
    expect(through('withdraw-own', Cl.uint(20))).toEqual({ ok: true, value: true });
    expect(grid.balance(contract)).toBe(20n);
  });
});
