import { chmod, mkdtemp, stat } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { ConfigError, txId } from '../../../../src/core/index.ts';
import { connectControl, requireControl } from '../../../../src/service/control/control-client.ts';
import { readControlFile } from '../../../../src/service/control/control-file.ts';
import {
  type ControlServer,
  type ControlTarget,
  startControlServer,
} from '../../../../src/service/control/control-server.ts';

const servers: ControlServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function start(port = 0) {
  const folder = await mkdtemp(join(tmpdir(), 'wattmaker-control-'));
  const states: string[] = [];
  let sick: string | null = null;
  const target: ControlTarget = {
    unhealthy: () => sick,
    status: async () => ({ height: 7 }),
    reconcile: async () => ({ reconciled: true }),
    setHaltState: async (state) => void states.push(state),
    resumeLanes: async (lane) => void states.push(`resumed ${lane ?? 'all'}`),
    cancel: async (wanted) => {
      if (wanted !== 'all' && wanted.includes(txId('00'.repeat(32)))) {
        throw new ConfigError('no such transaction', { hints: ['Nothing is under way.'] });
      }
      states.push(`cancelled ${wanted}`);
      return { cancelled: [], replaced: [], kept: [] };
    },
    metrics: async () => 'wattmaker_height 7\n',
  };
  const server = await startControlServer(target, { host: '127.0.0.1', port, folder });
  servers.push(server);
  return {
    folder,
    server,
    states,
    setSick: (reason: string) => {
      sick = reason;
    },
  };
}

/** A request with a Host header of our choice, which fetch does not allow. */
function statusWithHost(url: string, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(`${url}/healthz`, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
}

describe('control endpoint', () => {
  it('default: answers status and takes halt, reduce and resume from whoever can read the token', async () => {
    const { folder, states } = await start();
    const control = await requireControl(folder);
    expect(await control.get('/status')).toEqual({ height: 7 });
    const lane = 'ST1SJ3DTE5DN7X54YDH5D64R3BCB6A2AG2ZQ8YPD5';
    for (const verb of ['/halt', '/reduce', '/resume', `/lanes/${lane}/resume`] as const) await control.post(verb);
    expect(states).toEqual(['halted', 'reducing', 'active', 'resumed all', `resumed ${lane}`]);
  });

  it('behavior: cancels what it is told to, and passes on why it does not', async () => {
    const { folder, states } = await start();
    const control = await requireControl(folder);
    await control.post('/cancel', { all: true });
    await control.post('/cancel', { transactions: ['ab'.repeat(32), 'cd'.repeat(32)] });
    expect(states).toEqual(['cancelled all', `cancelled ${'ab'.repeat(32)},${'cd'.repeat(32)}`]);
    const unknown = control.post('/cancel', { transactions: ['00'.repeat(32)] });
    await expect(unknown).rejects.toMatchObject({ message: 'no such transaction', hints: ['Nothing is under way.'] });
    await expect(control.post('/cancel', { transactions: [] })).rejects.toThrow('was {"transactions":[]}');
    expect(states).toHaveLength(2);
  });

  it('behavior: only its user can read the token file, and it goes when the bot stops', async () => {
    const { folder, server } = await start();
    expect((await stat(join(folder, 'control.json'))).mode & 0o777).toBe(0o600);
    await server.close();
    expect(await connectControl(folder)).toBeNull();
  });

  it('behavior: health needs no token and says why it is not healthy', async () => {
    const { server, setSick } = await start();
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    setSick('the node does not answer');
    const answer = await fetch(`${server.url}/healthz`);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toEqual({ ok: false, reason: 'the node does not answer' });
  });

  it('error: a request without the token, or with a wrong one, changes nothing', async () => {
    const { server, states } = await start();
    for (const headers of [{}, { authorization: 'Bearer wrong' }]) {
      expect((await fetch(`${server.url}/halt`, { method: 'POST', headers })).status).toBe(401);
    }
    expect(states).toEqual([]);
  });

  it('error: a foreign Host header, as a rebound name would send, is refused', async () => {
    const { server } = await start();
    expect(await statusWithHost(server.url, 'evil.test')).toBe(403);
    expect(await statusWithHost(server.url, 'localhost')).toBe(200);
  });

  it('error: a taken port, a token file that others can read, and no bot at all', async () => {
    const { folder, server } = await start();
    await expect(start(Number(new URL(server.url).port))).rejects.toThrow(/control port \d+ on 127\.0\.0\.1 is taken/);
    await chmod(join(folder, 'control.json'), 0o644);
    await expect(readControlFile(folder)).rejects.toThrow(/readable by its owner only, was mode 644/);
    await expect(requireControl(tmpdir())).rejects.toThrow(/no bot runs on the data folder/);
  });
});
