import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestDevnet, type TestDevnet, testAccount } from '../support/devnet.ts';

let devnet: TestDevnet;

beforeAll(async () => {
  devnet = await startTestDevnet();
});
afterAll(() => devnet?.process.kill());

/** Asks with headers of our choosing; `fetch` would set Host itself. */
function post(path: string, headers: Record<string, string>, body = '{}'): Promise<{ status: number; body: unknown }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      `${devnet.url}${path}`,
      { method: 'POST', headers: { 'content-type': 'application/json', ...headers } },
      (response) => {
        let text = '';
        response.on('data', (chunk) => {
          text += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) }));
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe('an admin route', () => {
  it('needs the token', async () => {
    for (const headers of [{}, bearer(''), bearer(`${devnet.adminToken}0`), { authorization: devnet.adminToken }]) {
      expect(await post('/admin/mine', headers)).toMatchObject({ status: 401, body: { error: 'Unauthorized' } });
    }
    expect((await post('/admin/mine', bearer(devnet.adminToken))).status).toBe(200);
  });

  it('answers only to a loopback name with our port, whoever has the token', async () => {
    const { port } = new URL(devnet.url);
    for (const host of ['evil.example', `evil.example:${port}`, 'localhost', `localhost:${Number(port) + 1}`]) {
      const answer = await post('/admin/mine', { ...bearer(devnet.adminToken), host });
      expect(answer).toMatchObject({ status: 403, body: { error: 'Forbidden' } });
    }
    const answer = await post('/admin/mine', { ...bearer(devnet.adminToken), host: `localhost:${port}` });
    expect(answer.status).toBe(200);
  });

  it('mints what is asked for, and refuses nonsense', async () => {
    const { address } = testAccount(50);
    expect(await devnet.admin('mint', { address, amount: '70' })).toEqual({ address, balance: '70' });
    await devnet.mine();
    const account = await (await fetch(`${devnet.url}/v2/accounts/${address}?proof=0`)).json();
    expect(account).toMatchObject({ balance: `0x${(70).toString(16).padStart(32, '0')}` });
    for (const body of [{}, { address: 'ST1', amount: '1' }, { address, amount: '-1' }, { address, amount: '1e3' }]) {
      const answer = await post('/admin/mint', bearer(devnet.adminToken), JSON.stringify(body));
      expect(answer.status).toBe(400);
    }
    for (const blocks of [0, -1, 1.5, 'x', 1e9]) {
      const answer = await post('/admin/mine', bearer(devnet.adminToken), JSON.stringify({ blocks }));
      expect(answer.status).toBe(400);
    }
  });

  it('stops the chain', async () => {
    expect(await devnet.admin('stop')).toEqual({ stopping: true });
    expect(await devnet.process.exited).toBe(0);
  });
});
