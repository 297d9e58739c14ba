import { Cl } from '@stacks/transactions';
import { startTestDevnet, testAccount } from '../support/devnet.ts';
import { Session } from '../devnet/support/session.ts';
const devnet = await startTestDevnet();
const s = new Session(devnet);
await s.deploySample();
import { readFileSync, readdirSync } from 'node:fs';
const child = readdirSync('/proc').filter((p) => /^\d+$/.test(p)).find((p) => { try { return readFileSync(`/proc/${p}/cmdline`,'utf8').includes('devnet/main.ts') && readFileSync(`/proc/${p}/stat`,'utf8').split(' ')[3] === String(process.pid); } catch { return false; } });
const cpu = () => { const f = readFileSync(`/proc/${child}/stat`,'utf8').split(' '); return (Number(f[13]) + Number(f[14])) * 10; };
const N = Number(process.argv[2] ?? 1000);
const nonces = new Map<number, number>();
let t = performance.now();
for (let i = 0; i < N; ) {
  for (let b = 0; b < 10 && i < N; b++, i++) { const a = 1 + (i % 9); const n = nonces.get(a) ?? 0; nonces.set(a, n + 1); await s.post(await s.call(testAccount(a), 'count', [Cl.uint(1)], { nonce: n })); }
  await devnet.mine();
}
console.log('posted and mined', N, ((performance.now() - t) / 1000).toFixed(1), 's');
for (let i = 0; i < 4; i++) { t = performance.now(); const c = cpu(); const r = await devnet.faults.reorg({ depth: 2 }); console.log('reorg', (performance.now() - t).toFixed(0), 'ms, cpu', cpu()-c, r.mined.length); await devnet.mine(2); }
await devnet.stop();
