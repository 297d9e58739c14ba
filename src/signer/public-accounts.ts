/**
 * Accounts whose mnemonics anyone can read, by test network address: those that `clarinet new` has written into
 * settings/Devnet.toml (now, and before release 0.15), and Clarinet's own miner and stacker. All are account 0 of their
 * mnemonic (m/44'/5757'/0'/0/0). Source: stx-labs/clarinet, components/clarinet-utils and clarinet-cli.
 */
const publicAccounts: ReadonlyMap<string, string> = new Map([
  ['ST1PQHQKV0RJXZFY1DGX8MNSNYVE3VGZJSRTPGZGM', 'deployer'],
  ['ST1SJ3DTE5DN7X54YDH5D64R3BCB6A2AG2ZQ8YPD5', 'wallet_1'],
  ['ST2CY5V39NHDPWSXMW9QDT3HC3GD6Q6XX4CFRK9AG', 'wallet_2'],
  ['ST2JHG361ZXG51QTKY2NQCVBPPRRE2KZB1HR05NNC', 'wallet_3'],
  ['ST2NEB84ASENDXKYGJPQW86YXQCEFEX2ZQPG87ND', 'wallet_4'],
  ['ST2REHHS5J3CERCRBEPMGH7921Q6PYKAADT7JP2VB', 'wallet_5'],
  ['ST3AM1A56AK2C1XAFJ4115ZSV26EB49BVQ10MGCS0', 'wallet_6'],
  ['ST3PF13W7Z0RRM42A8VZRVFQ75SV1K26RXEP8YGKJ', 'wallet_7'],
  ['ST3NBRSFKX28FQ2ZJ1MAKX58HKHSDGNV5N7R21XCP', 'wallet_8'],
  ['STNHKEPYEPJ8ET55ZZ0M5A34J0R3N5FM2CMMMAZ6', 'faucet'],
  ['ST3Q96TFVE6E0Q91XVX6S8RWAJW5R8XTZ8YEBM8RQ', 'miner'],
  ['ST3TF2B73R3QVZDF9Z0KE1SR2X3HKZXS6E7R50AW0', 'stacker'],
  ['ST1HTBVD3JG9C05J7HBJTHGR0GGW7KXW28M5JS8QE', 'deployer of early releases'],
  ['ST1J4G6RR643BCG8G8SR6M2D9Z9KXT2NJDRK3FBTK', 'wallet_1 of early releases'],
  ['ST20ATRN26N9P05V2F1RHFRV24X8C8M3W54E427B2', 'wallet_2 of early releases'],
  ['ST21HMSJATHZ888PD0S0SSTWP4J61TCRJYEVQ0STB', 'wallet_3 of early releases'],
  ['ST2QXSK64YQX3CQPC530K79XWQ98XFAM9W3XKEH3N', 'wallet_4 of early releases'],
  ['ST3DG3R65C9TTEEW5BC5XTSY0M1JM7NBE7GVWKTVJ', 'wallet_5 of early releases'],
  ['ST3R3B1WVY7RK5D3SV5YTH01XSX1S4NN5B3QK2X0W', 'wallet_6 of early releases'],
  ['ST3ZG8F9X4VKVTVQB2APF4NEYEE1HQHC2EDBF09JN', 'wallet_7 of early releases'],
  ['STEB8ZW46YZJ40E3P7A287RBJFWPHYNQ2AB5ECT8', 'wallet_8 of early releases'],
  ['STFCVYY1RJDNJHST7RRTPACYHVJQDJ7R1DWTQHQA', 'wallet_9 of early releases'],
]);

/** Clarinet's name for the account when its secret is public, else null. Takes the test network address. */
export const publicAccountName = (testnetAddress: string): string | null => publicAccounts.get(testnetAddress) ?? null;
