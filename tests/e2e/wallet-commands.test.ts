import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deserializeTransaction, PayloadType } from '@stacks/transactions';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gridContractSource } from '../../src/contract/index.ts';
import { addressOf, keyFromText } from '../../src/signer/index.ts';
import { startTestDevnet, type TestDevnet, testAccount } from '../support/devnet.ts';
import { type CommandRun, type CommandSetting, runCommand } from '../support/run-command.ts';

const password = 'a password of the tests';
const clarinetWords =
  'twice kind fence tip hidden tilt action fragile skin nothing glory cousin green tomorrow spring wrist shed math olympic multiply hip blue scout claw';

const owner = testAccount(0);
const alice = testAccount(1);
const operator = testAccount(2);
const meter = testAccount(3);
const contract = `${owner.address}.energy-grid`;

let devnet: TestDevnet;
let folder: string;
let passwordFile: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wallet-'));
  passwordFile = join(folder, 'password');
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  devnet = await startTestDevnet({ blockIntervalMs: 200 });
});
afterAll(async () => {
  await devnet?.stop();
  await rm(folder, { recursive: true, force: true });
});

const environment = () => ({
  WATTMAKER_KEYS: join(folder, 'keys'),
  WATTMAKER_URL: devnet.url,
  WATTMAKER_CONTRACT: contract,
});

/** All that any command has printed, for the last test of this file. */
const printed: CommandRun[] = [];

async function wattmaker(args: readonly string[], setting: CommandSetting = {}): Promise<CommandRun> {
  const run = await runCommand(args, { ...setting, environment: { ...environment(), ...setting.environment } });
  printed.push(run);
  return run;
}
const signed = (args: readonly string[], key: string) =>
  wattmaker([...args, '--key', key, '--yes', '--json', '--password-file', passwordFile]);

async function succeeds(args: readonly string[], key: string): Promise<Record<string, unknown>> {
  const run = await signed(args, key);
  expect(run, run.err).toMatchObject({ code: 0 });
  return JSON.parse(run.out);
}

async function account(address: string): Promise<Record<string, never>> {
  const run = await wattmaker(['account', address, '--json']);
  expect(run, run.err).toMatchObject({ code: 0 });
  return JSON.parse(run.out);
}

describe('the quickstart, by commands alone', () => {
  it('imports keys, from standard input, from a file and at the terminal', async () => {
    const flags = ['--password-file', passwordFile];
    const imports = [
      await wattmaker(['keys', 'import', 'owner', ...flags], { input: `${owner.privateKey}\n` }),
      await wattmaker(['keys', 'import', 'alice', ...flags], { answers: [alice.privateKey] }),
      await wattmaker(['keys', 'import', 'meter'], { answers: [meter.privateKey, password, password] }),
    ];
    const secretFile = join(folder, 'secret');
    await writeFile(secretFile, operator.privateKey, { mode: 0o600 });
    imports.push(await wattmaker(['keys', 'import', 'operator', '--file', secretFile, ...flags]));
    expect(imports.map((run) => run.code)).toEqual([0, 0, 0, 0]);
    const list = await wattmaker(['keys', 'list', '--json']);
    expect((await wattmaker(['keys', 'address', 'alice'])).out).toBe(`${alice.address}\n`);
    const { keys } = JSON.parse(list.out) as { keys: { name: string; address: { testnet: string } }[] };
    expect(Object.fromEntries(keys.map((key) => [key.name, key.address.testnet]))).toEqual({
      owner: owner.address,
      alice: alice.address,
      operator: operator.address,
      meter: meter.address,
    });
  });

  it('makes new keys, of which nothing but the address is shown', async () => {
    const run = await wattmaker(['keys', 'new', 'fresh', '--password-file', passwordFile, '--json']);
    expect(run.code).toBe(0);
    expect(JSON.parse(run.out)).toMatchObject({ name: 'fresh', address: { testnet: expect.stringMatching(/^ST/) } });
  });

  it('says that there is no contract yet', async () => {
    const run = await signed(['register'], 'alice');
    expect(run).toMatchObject({ code: 2 });
    expect(run.err).toContain(`expected the contract ${contract}, found none`);
  });

  it('deploys the contract once, and says so the second time', async () => {
    expect(await succeeds(['deploy'], 'owner')).toMatchObject({ contract, outcome: 'confirmed' });
    expect(await succeeds(['deploy'], 'owner')).toMatchObject({ contract, outcome: 'present' });
    const response = await fetch(`${devnet.url}/v2/contracts/source/${owner.address}/energy-grid?proof=0`);
    expect(((await response.json()) as { source: string }).source).toBe(gridContractSource());
  });

  it('registers, reports energy and deposits, and the account shows it', async () => {
    expect(await succeeds(['register'], 'alice')).toMatchObject({ outcome: 'confirmed', sender: alice.address });
    await succeeds(['energy', 'add', '2.5kWh'], 'alice');
    await succeeds(['energy', 'consume', '500'], 'alice');
    const deposit = await succeeds(['deposit', '1.5STX'], 'alice');
    expect(deposit.postConditions).toEqual([`${alice.address} sends exactly 1500000 µSTX, and nothing else moves`]);
    expect(await account(alice.address)).toMatchObject({
      prosumer: { energy: 2000, funds: 1_500_000, escrowed: 0 },
      offers: [],
      delegations: [],
      market: { gridBalance: 2000, totalFunds: 1_500_000 },
    });
  });

  it('delegates after saying in plain words what the operator could do at worst', async () => {
    const limits = [
      '--spend',
      '1STX',
      '--energy',
      '2kWh',
      '--max-buy',
      '120',
      '--min-sell',
      '80',
      '--expires-in',
      '1000',
    ];
    const run = await wattmaker(['delegate', operator.address, ...limits, '--key', 'alice'], {
      answers: [true, password],
    });
    expect(run, run.err).toMatchObject({ code: 0 });
    expect(run.out).toContain('can take nothing out');
    expect(run.out).toContain('1 STX by buying (1 STX with the funds you have deposited now): all it spends');
    expect(run.out).toContain('0.04 STX by selling');
    expect(await account(alice.address)).toMatchObject({
      delegations: [
        {
          operator: operator.address,
          grantId: 1,
          spendLeft: 1_000_000,
          energyLeft: 2000,
          maxBuyPrice: 120,
          minSellPrice: 80,
        },
      ],
      allDelegations: true,
    });
  });

  it('revokes, and withdraws to the last µSTX', async () => {
    await succeeds(['revoke', operator.address], 'alice');
    const withdrawal = await succeeds(['withdraw', '1500000'], 'alice');
    expect(withdrawal.postConditions).toEqual([`${contract} sends exactly 1500000 µSTX, and nothing else moves`]);
    expect(await account(alice.address)).toMatchObject({ prosumer: { funds: 0 }, delegations: [] });
  });

  it('lists, buys and takes back offers by hand', async () => {
    await succeeds(['register'], 'operator');
    await succeeds(['deposit', '1STX'], 'operator');
    expect(await succeeds(['offer', 'list', '1kWh', '90'], 'alice')).toMatchObject({ value: 1 });
    await succeeds(['offer', 'list', '500', '0.1STX/kWh'], 'alice');
    expect(await account(alice.address)).toMatchObject({
      prosumer: { energy: 500, escrowed: 1500 },
      offers: [
        { id: 2, amount: 500, price: 100 },
        { id: 1, amount: 1000, price: 90 },
      ],
    });
    await succeeds(['offer', 'buy', '1'], 'operator');
    const again = await signed(['offer', 'buy', '1'], 'operator');
    expect(again).toMatchObject({
      code: 2,
      err: expect.stringContaining('expected offer 1 to be open, was completed'),
    });
    const own = await signed(['offer', 'buy', '2'], 'alice');
    expect(own).toMatchObject({ code: 1, err: expect.stringContaining('selfTrade (u108)') });
    await succeeds(['offer', 'cancel', '2'], 'alice');
    expect(await account(alice.address)).toMatchObject({ prosumer: { energy: 1000, funds: 90_000 }, offers: [] });
  });

  it('lets the owner set the price and require meters, whose readings then count', async () => {
    await succeeds(['owner', 'set-price', '0.12STX/kWh'], 'owner');
    await succeeds(['owner', 'assign-meter', alice.address, meter.address], 'owner');
    await succeeds(['owner', 'require-meters', 'on'], 'owner');
    await succeeds(
      ['meter', 'record', alice.address, '--produced', '1kWh', '--consumed', '4kWh', '--id', '1'],
      'meter',
    );
    expect(await account(alice.address)).toMatchObject({
      prosumer: { energy: -2000, meter: meter.address, lastReading: 1 },
      market: { energyPrice: 120, metersRequired: true },
    });
    const selfReported = await signed(['energy', 'add', '1kWh'], 'alice');
    expect(selfReported.code).toBe(1);
    expect(selfReported.err).toContain('unauthorized (u102)');
  });

  it('names the error of the contract where it refuses, with exit code 1', async () => {
    const run = await signed(['withdraw', '1STX'], 'alice');
    expect(run.code).toBe(1);
    expect(run.err).toContain(
      'the contract refused with insufficientFunds (u107): The funds in the contract are below the amount.',
    );
    expect(JSON.parse(run.out)).toMatchObject({ outcome: 'failed', error: { code: 'insufficientFunds' } });
    const stranger = await signed(['owner', 'set-price', '90'], 'alice');
    expect(stranger.err).toContain('the contract refused with ownerOnly (u100)');
    expect(stranger.err).toContain('did not deploy this contract');
  });
});

describe('fee and nonce', () => {
  it('are the given ones, and the chain takes just that fee', async () => {
    const before = await account(owner.address);
    const run = await succeeds(['owner', 'set-price', '110', '--fee', '0.2STX'], 'owner');
    expect(run).toMatchObject({ offeredFee: 200_000, fee: 200_000 });
    const after = await account(owner.address);
    expect(Number(before.wallet) - Number(after.wallet)).toBe(200_000);
  });

  it('refused by the node are told with its reason, and nothing is taken', async () => {
    const run = await signed(['owner', 'set-price', '111', '--nonce', '0'], 'owner');
    expect(run).toMatchObject({ code: 1, err: expect.stringContaining('it refused with BadNonce') });
    expect(run.err).toContain('Nothing was sent');
    expect(JSON.parse(run.out)).toMatchObject({ outcome: 'failed', error: { code: 'BadNonce' } });
  });

  it('that leave the outcome open say what to look up', async () => {
    const run = await signed(['owner', 'set-price', '112', '--nonce', '20', '--wait', '1'], 'owner');
    const [txid] = /transaction 0x[0-9a-f]{64}/.exec(run.err) ?? [];
    expect(txid).toBeDefined();
    expect(run).toMatchObject({ code: 1, err: expect.stringContaining(`expected ${txid} in a block by now`) });
    expect(JSON.parse(run.out)).toMatchObject({ outcome: 'unknown' });
  });
});

describe('a transaction for another wallet', () => {
  it('is printed unsigned, and no secret is needed', async () => {
    const { publicKey } = keyFromText({ name: 'k', text: alice.privateKey });
    const run = await wattmaker(['deposit', '5STX', '--unsigned', '--public-key', publicKey, '--json']);
    expect(run, run.err).toMatchObject({ code: 0 });
    const { unsigned, sender } = JSON.parse(run.out) as { unsigned: string; sender: string };
    expect(sender).toBe(addressOf(publicKey, 'embedded'));
    const transaction = deserializeTransaction(unsigned);
    expect(transaction.payload).toMatchObject({
      payloadType: PayloadType.ContractCall,
      functionName: { content: 'add-funds' },
    });
    expect(transaction.postConditions.values).toHaveLength(1);
    expect(() => transaction.verifyOrigin()).toThrow();
  });

  it('takes the public key of a stored key, without its password', async () => {
    const run = await wattmaker(['register', '--unsigned', '--key', 'fresh']);
    expect(run, run.err).toMatchObject({ code: 0 });
    const hex = run.out.split('\n').find((line) => /^[0-9a-f]{100,}$/.test(line)) ?? '';
    expect(deserializeTransaction(hex).payload).toMatchObject({ functionName: { content: 'register-prosumer' } });
  });

  it('is offered for the deploy too', async () => {
    const run = await wattmaker(['deploy', '--unsigned', '--key', 'alice', '--name', 'second-grid', '--json']);
    expect(run, run.err).toMatchObject({ code: 0 });
    const { unsigned } = JSON.parse(run.out) as { unsigned: string };
    expect(deserializeTransaction(unsigned).payload).toMatchObject({
      clarityVersion: 4,
      codeBody: { content: gridContractSource() },
    });
  });
});

describe('what is refused before anything is signed, with exit code 2', () => {
  const refused = async (run: Promise<CommandRun>, message: string | RegExp) => {
    const { code, err } = await run;
    expect(err).toMatch(message);
    expect(code).toBe(2);
    expect(err).not.toContain('transaction 0x');
  };

  it('a missing key', () => refused(signed(['register'], 'nobody'), /expected a key named "nobody"/));
  it('no key at all', () => refused(wattmaker(['register', '--yes']), /expected the key to sign with/));
  it('a wrong password', () =>
    refused(
      wattmaker(['register', '--key', 'alice', '--yes'], { environment: { WATTMAKER_PASSWORD: 'not the one' } }),
      /expected the password of key "alice", was another/,
    ));
  it('no terminal to ask at', () =>
    refused(
      wattmaker(['register', '--key', 'alice', '--password-file', passwordFile]),
      /expected a terminal to ask at/,
    ));
  it('a no', () =>
    refused(wattmaker(['register', '--key', 'alice'], { answers: [false] }), /expected a yes, was a no/));
  it('an unfunded wallet', () => refused(signed(['register'], 'fresh'), /expected at least \d+ µSTX in ST/));
  it('a contract of another network', () =>
    refused(signed(['register', '--network', 'mainnet'], 'alice'), /expected a contract of the mainnet network/));
  it('a node of another network', async () => {
    const mainnet = addressOf(keyFromText({ name: 'k', text: owner.privateKey }).publicKey, 'mainnet');
    await refused(
      signed(['register', '--network', 'mainnet', '--contract', `${mainnet}.energy-grid`], 'alice'),
      /chain id 2147483648/,
    );
  });
  it('the embedded chain on a public host', () =>
    refused(
      signed(['register', '--url', 'https://api.testnet.hiro.so'], 'alice'),
      /on this machine or a private network/,
    ));
  it('an address of another network', () =>
    refused(
      signed(
        ['revoke', addressOf(keyFromText({ name: 'k', text: operator.privateKey }).publicKey, 'mainnet')],
        'alice',
      ),
      /address of the embedded network/,
    ));
  it('an amount with a remainder', () => refused(signed(['deposit', '0.0000001STX'], 'alice'), /without a remainder/));
});

describe('published accounts of Clarinet', () => {
  it('are taken on the embedded chain, with a word of warning, and refused elsewhere', async () => {
    const args = ['keys', 'import', 'clarinet', '--password-file', passwordFile];
    const elsewhere = await wattmaker([...args, '--network', 'testnet'], { input: clarinetWords });
    expect(elsewhere).toMatchObject({ code: 2, err: expect.stringContaining('a published account of Clarinet') });
    const embedded = await wattmaker(args, { input: clarinetWords });
    expect(embedded).toMatchObject({ code: 0, out: expect.stringContaining('refused: a published account') });
    const signing = await signed(['register', '--network', 'testnet', '--url', devnet.url], 'clarinet');
    expect(signing).toMatchObject({ code: 2, err: expect.stringContaining('a published account of Clarinet') });
  });

  it('are refused from the environment likewise', async () => {
    const run = await wattmaker(['register', '--network', 'testnet', '--key', 'bot', '--yes'], {
      environment: { WATTMAKER_KEY_BOT: clarinetWords },
    });
    expect(run).toMatchObject({ code: 2, err: expect.stringContaining('a published account of Clarinet') });
  });
});

describe('secrets', () => {
  it('are in nothing that a command printed or stored', async () => {
    expect(printed.length).toBeGreaterThan(40);
    const stored = await Promise.all(
      ['owner', 'alice', 'operator', 'meter', 'fresh', 'clarinet'].map((name) =>
        readFile(join(folder, 'keys', `${name}.json`), 'utf8'),
      ),
    );
    const text = [...stored, ...printed.flatMap((run) => [run.out, run.err])].join('\n').toLowerCase();
    const secrets = [owner, alice, operator, meter].map((each) => each.privateKey.slice(0, 64));
    const clarinetSecret = '753b7cc01a1a2e86221266a154af739463fce51219d97e4f856cd7200c3bd2a6';
    for (const secret of [...secrets, clarinetSecret, password, 'not the one', 'twice kind', 'scout claw']) {
      expect(text.includes(secret)).toBe(false);
    }
  });
});
