import { readFileSync, writeFileSync } from 'node:fs';

export interface GeneratedFile {
  /** From the root of the project. */
  readonly path: string;
  readonly text: string;
  /** What it was generated from, for the messages. */
  readonly from: string;
}

/** Writes a generated file; with `--check` it writes nothing and sets exit code 1 where the committed file differs. */
export function keepGeneratedFile({ path, text, from }: GeneratedFile, check = process.argv.includes('--check')): void {
  const file = new URL(`../../../${path}`, import.meta.url);
  if (!check) {
    writeFileSync(file, text);
    console.log(`wrote ${path}`);
  } else if (committed(file) === text) console.log(`${path} matches ${from}`);
  else {
    console.error(`${path} does not match ${from}: run "npm run generate" and commit the result`);
    process.exitCode = 1;
  }
}

/** The committed text; a missing file is drift like any other. */
function committed(file: URL): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
