import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { text } from 'node:stream/consumers';
import { ConfigError } from '../core/index.ts';

/** The world around a command; a test stands in another one. */
export interface CommandIo {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** Whether a person sits at the terminal and can be asked. */
  readonly interactive: boolean;
  writeOut(text: string): void;
  writeErr(text: string): void;
  /** All of standard input. */
  readInput(): Promise<string>;
  readFile(path: string): Promise<string>;
  confirm(question: string): Promise<boolean>;
  /** Asks without showing what is typed. */
  askSecret(question: string): Promise<string>;
}

// Questions go to standard error, so that standard output holds results alone.
const prompts = { output: process.stderr };

/** Most commands ask nothing, so what asks is loaded when it does. */
const questions = () => import('@inquirer/prompts');

export function processIo(): CommandIo {
  return {
    environment: process.env,
    home: homedir(),
    interactive: process.stdin.isTTY === true && process.stderr.isTTY === true,
    writeOut: (line) => void process.stdout.write(line),
    writeErr: (line) => void process.stderr.write(line),
    readInput: () => text(process.stdin),
    readFile: (path) =>
      readFile(path, 'utf8').catch((cause: unknown) => {
        throw new ConfigError(`expected to be able to read ${path}, was refused`, { cause });
      }),
    confirm: (message) => answered(questions().then(({ confirm }) => confirm({ message, default: false }, prompts))),
    askSecret: (message) => answered(questions().then(({ password }) => password({ message, mask: '*' }, prompts))),
  };
}

/** Ctrl-C at a question ends the command like a no. */
async function answered<Answer>(question: Promise<Answer>): Promise<Answer> {
  try {
    return await question;
  } catch (error) {
    if (error instanceof Error && error.name === 'ExitPromptError') {
      throw new ConfigError('expected an answer, was interrupted');
    }
    throw error;
  }
}

/** Where a command says things: lines for people, and with `--json` one object on standard output instead. */
export interface Report {
  line(text?: string): void;
  /** Once, at the end. */
  result(value: object): void;
}

export function createReport(io: CommandIo, options: { readonly json: boolean }): Report {
  return {
    line: (line = '') => (options.json ? io.writeErr : io.writeOut)(`${line}\n`),
    result: (value) => {
      if (options.json) io.writeOut(`${JSON.stringify(value, bigintAsText)}\n`);
    },
  };
}

/** Numbers that JSON cannot hold exactly are written as decimal text. */
const bigintAsText = (_: string, value: unknown): unknown => {
  if (typeof value !== 'bigint') return value;
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)
    ? Number(value)
    : value.toString();
};
