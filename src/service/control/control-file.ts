import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ConfigError } from '../../core/index.ts';

/** Where a running bot can be asked, and the token that proves one may. Only the bot's own user can read the file. */
export interface ControlFile {
  readonly url: string;
  readonly token: string;
  readonly pid: number;
}

const schema = z.object({ url: z.url(), token: z.string().min(32), pid: z.int() });
const fileOf = (folder: string): string => join(folder, 'control.json');

/** Writes the file so that no reader ever sees half of it. */
export async function writeControlFile(folder: string, content: ControlFile): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const temporary = `${fileOf(folder)}.${content.pid}`;
  const handle = await open(temporary, 'w', 0o600);
  try {
    await handle.writeFile(`${JSON.stringify(content)}\n`);
  } finally {
    await handle.close();
  }
  await rename(temporary, fileOf(folder));
}

export async function removeControlFile(folder: string): Promise<void> {
  await rm(fileOf(folder), { force: true });
}

/**
 * Reads the file of a running bot; null where no bot has left one.
 *
 * @throws ConfigError for a file that others can read or that is damaged.
 */
export async function readControlFile(folder: string): Promise<ControlFile | null> {
  const file = fileOf(folder);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw new ConfigError(`cannot read ${file}`, { cause: error });
  });
  if (text === null) return null;
  const mode = (await stat(file)).mode & 0o777;
  if ((mode & 0o077) !== 0) {
    throw new ConfigError(`expected ${file} to be readable by its owner only, was mode ${mode.toString(8)}`, {
      hints: [`chmod 600 ${file}`],
    });
  }
  const parsed = schema.safeParse(parseJson(text));
  if (!parsed.success) throw new ConfigError(`expected ${file} to name url, token and pid of a bot`);
  return parsed.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
