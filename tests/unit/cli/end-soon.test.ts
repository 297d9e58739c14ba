import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const run = promisify(execFile);
const module = fileURLToPath(new URL('../../../src/cli/run-until-stopped.ts', import.meta.url));

/** A process that has closed all it knows of, and what else it has open. */
const processWith = (left: string) =>
  run(process.execPath, [
    ...['--import', 'tsx', '--input-type=module', '--eval'],
    `import { endSoon } from ${JSON.stringify(module)};
    import { createServer } from 'node:net';
    ${left}
    process.exitCode = 7;
    endSoon({ say: console.log }, { withinMs: 300 });`,
  ]).catch((error: { readonly code: number; readonly stdout: string }) => error);

describe('the end of a bot', () => {
  it('behavior: what a library forgot to close is told, and does not keep the process nor change its exit code', async () => {
    const ended = await processWith("createServer().listen(0, '127.0.0.1');");
    expect(ended).toMatchObject({ code: 7, stdout: expect.stringMatching(/^All is closed; .*: .*TCPServerWrap/) });
  });

  it('behavior: a process that nothing keeps ends at once', async () => {
    expect(await processWith('')).toMatchObject({ code: 7, stdout: '' });
  });
});
