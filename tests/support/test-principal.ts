import { addressFromVersionHash, addressToString } from '@stacks/transactions';
import { type Principal, principal } from '../../src/core/index.ts';

/** A testnet address with a valid checksum whose key nobody holds; the same `number` gives the same one. */
export function testPrincipal(number: number): Principal {
  return principal(addressToString(addressFromVersionHash(26, number.toString(16).padStart(40, '0'))));
}
