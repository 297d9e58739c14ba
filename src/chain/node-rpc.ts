import { createHash } from 'node:crypto';
import type { ZodType } from 'zod';
import { checked, refusal } from './answer.ts';
import { type Connection, jsonOf } from './connection.ts';
import {
  callReadAnswer,
  contractSource as contractSourceSchema,
  feePerByte,
  type NodeInfo,
  nodeAccount,
  nodeInfo,
} from './schemas.ts';

/** `ADDRESS.name` in its two parts. */
export interface ContractName {
  readonly address: string;
  readonly name: string;
}

type ReadQuestion = ContractName & {
  readonly functionName: string;
  /** Serialized Clarity values. */
  readonly args: readonly string[];
  readonly tip: string | null;
};

export const fetchInfo = (connection: Connection): Promise<NodeInfo> =>
  getJson(connection, { path: '/v2/info', schema: nodeInfo });

/** The index block hash of a node's tip: SHA-512/256 of block hash and consensus hash. Source: stacks-core, StacksBlockId::new. */
export function indexBlockHashOf(info: NodeInfo): string {
  const bytes = info.stacks_tip + info.stacks_tip_consensus_hash.replace(/^0x/, '');
  return createHash('sha512-256').update(bytes, 'hex').digest('hex');
}

/** Null where the node does not know the block `tip`. */
export async function fetchAccount(connection: Connection, address: string, tip: string | null) {
  const path = `/v2/accounts/${address}?proof=0${tip === null ? '' : `&tip=${tip}`}`;
  const response = await connection.send(path);
  if (response.status === 404 && tip !== null) return null;
  return readJson(response, { path, method: 'GET', schema: nodeAccount });
}

export const fetchFeePerByte = (connection: Connection): Promise<number> =>
  getJson(connection, { path: '/v2/fees/transfer', schema: feePerByte });

export async function fetchContractSource(connection: Connection, { address, name }: ContractName) {
  const path = `/v2/contracts/source/${address}/${name}?proof=0`;
  const response = await connection.send(path);
  if (response.status === 404) return null;
  return (await readJson(response, { path, method: 'GET', schema: contractSourceSchema })).source;
}

export async function callReadOnly(connection: Connection, question: ReadQuestion) {
  const { address, name, functionName, args, tip } = question;
  const query = tip === null ? '' : `?tip=${tip}`;
  const path = `/v2/contracts/call-read/${address}/${name}/${encodeURIComponent(functionName)}${query}`;
  const response = await connection.send(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    // The contract's reads do not look at who asks.
    body: JSON.stringify({ sender: address, arguments: args }),
  });
  if (response.status === 404 && tip !== null) return { kind: 'unknownTip' as const };
  const answer = await readJson(response, { path, method: 'POST', schema: callReadAnswer });
  return answer.okay
    ? { kind: 'answer' as const, resultHex: answer.result }
    : { kind: 'refused' as const, cause: answer.cause };
}

async function getJson<T>(connection: Connection, { path, schema }: { path: string; schema: ZodType<T> }): Promise<T> {
  return readJson(await connection.send(path), { path, method: 'GET', schema });
}

async function readJson<T>(
  response: Response,
  { path, method, schema }: { readonly path: string; readonly method: string; readonly schema: ZodType<T> },
): Promise<T> {
  const route = `${method} ${path.split('?')[0]}`;
  if (!response.ok) throw refusal(response.status, route, await response.text());
  return checked(schema, await jsonOf(response, route), route);
}
