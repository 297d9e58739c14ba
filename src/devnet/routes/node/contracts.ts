import { Cl, type ClarityValue } from '@stacks/transactions';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Chain } from '../../chain.ts';
import { admits } from '../../vm/abi.ts';
import type { VmCall, VmOutcome } from '../../vm/clarity-vm.ts';
import { isPrincipal } from './info.ts';
import { blockAtTip, json, noSuchTip, type TipQuery, text } from './reply.ts';

interface Contract {
  readonly address: string;
  readonly name: string;
}

type Query = TipQuery & { readonly proof?: string };

const ABSENT = '0x09';
const proof = ({ proof }: Query) => (proof === '0' ? {} : { proof: '' });
const idOf = ({ address, name }: Contract): string => `${address}.${name}`;

export function contractRoutes(server: FastifyInstance, chain: Chain): void {
  server.post<{ Params: Contract & { fn: string }; Querystring: TipQuery }>(
    '/v2/contracts/call-read/:address/:name/:fn',
    (request, reply) => {
      const block = blockAtTip(chain, request.query);
      if (block === undefined) return noSuchTip(reply, request.query);
      const call = readBody(request.body);
      if (typeof call === 'string') return text(reply, 400, `Failed to decode: ${call}`);
      const outcome = callRead(chain, {
        ...call,
        contract: idOf(request.params),
        fn: request.params.fn,
        height: block.height,
      });
      return outcome === 'no such tip' ? noSuchTip(reply, request.query) : json(reply, 200, outcome);
    },
  );

  server.post<{ Params: Contract & { map: string }; Querystring: Query }>(
    '/v2/map_entry/:address/:name/:map',
    (request, reply) => {
      const { body, query, params } = request;
      const key = typeof body === 'string' ? parseValue(body) : undefined;
      if (key === undefined) return text(reply, 400, 'Failed to decode: expected a JSON string of hex as map key');
      return atTipOnly(chain, query, reply, () => {
        const map = chain.contracts.get(idOf(params))?.abi.maps.find(({ name }) => name === params.map);
        const bytes = Buffer.from(Cl.serialize(key), 'hex');
        const known = map !== undefined && admits(map.key, key);
        const data = known ? (chain.vm.mapEntry(idOf(params), map.name, bytes) ?? ABSENT) : ABSENT;
        return json(reply, 200, { data, ...proof(query) });
      });
    },
  );

  server.get<{ Params: Contract & { variable: string }; Querystring: Query }>(
    '/v2/data_var/:address/:name/:variable',
    ({ params, query }, reply) =>
      atTipOnly(chain, query, reply, () => {
        const variables = chain.contracts.get(idOf(params))?.abi.variables ?? [];
        const known = variables.some(({ name, access }) => name === params.variable && access === 'variable');
        const data = known ? chain.vm.dataVar(idOf(params), params.variable) : undefined;
        return data === undefined
          ? text(reply, 404, 'Data var not found')
          : json(reply, 200, { data, ...proof(query) });
      }),
  );

  server.get<{ Params: Contract; Querystring: Query }>(
    '/v2/contracts/interface/:address/:name',
    ({ params, query }, reply) => {
      const block = blockAtTip(chain, query);
      if (block === undefined) return noSuchTip(reply, query);
      const contract = chain.contracts.get(idOf(params));
      if (contract === undefined || contract.height > block.height) {
        return text(reply, 404, 'No contract interface data found');
      }
      return json(reply, 200, contract.abi);
    },
  );

  server.get<{ Params: Contract; Querystring: Query }>(
    '/v2/contracts/source/:address/:name',
    ({ params, query }, reply) => {
      const block = blockAtTip(chain, query);
      if (block === undefined) return noSuchTip(reply, query);
      const contract = chain.contracts.get(idOf(params));
      if (contract === undefined || contract.height > block.height) {
        return text(reply, 404, 'No contract source data found');
      }
      return json(reply, 200, { source: contract.source, publish_height: contract.height, ...proof(query) });
    },
  );
}

/** The simnet reads maps and variables only as they are now: any older tip counts as not found. */
function atTipOnly(chain: Chain, query: TipQuery, reply: FastifyReply, answer: () => FastifyReply): FastifyReply {
  return blockAtTip(chain, query) === chain.tip ? answer() : noSuchTip(reply, query);
}

interface CallRead {
  readonly sender: string;
  readonly args: readonly ClarityValue[];
}

function readBody(body: unknown): CallRead | string {
  const { sender, arguments: list } = (body ?? {}) as Record<string, unknown>;
  if (typeof sender !== 'string' || !isPrincipal(sender)) return 'expected a principal as "sender"';
  if (!Array.isArray(list)) return 'expected a list of hex as "arguments"';
  const args: ClarityValue[] = [];
  for (const item of list) {
    const value = typeof item === 'string' ? parseValue(item) : undefined;
    if (value === undefined) return `expected consensus hex as argument ${args.length + 1}`;
    args.push(value);
  }
  return { sender, args };
}

function parseValue(hex: string): ClarityValue | undefined {
  try {
    const value = Cl.deserialize(hex);
    return Cl.serialize(value) === hex.toLowerCase().replace(/^0x/, '') ? value : undefined;
  } catch {
    return undefined;
  }
}

type CallReadAnswer = { okay: true; result: string } | { okay: false; cause: string } | 'no such tip';

function callRead(chain: Chain, call: CallRead & { contract: string; fn: string; height: number }): CallReadAnswer {
  const failed = (cause: string): CallReadAnswer => ({ okay: false, cause });
  const contract = chain.contracts.get(call.contract);
  if (contract === undefined || contract.height > call.height) {
    return failed(`RuntimeCheck(NoSuchContract("${call.contract}"))`);
  }
  const abi = contract.abi.functions.find(({ name }) => name === call.fn);
  if (abi === undefined || abi.access === 'private') {
    return failed(`RuntimeCheck(UndefinedFunction("${call.fn}"))`);
  }
  if (abi.access === 'public') return failed('NotReadOnly');
  if (abi.args.length !== call.args.length) {
    return failed(`RuntimeCheck(IncorrectArgumentCount(${abi.args.length}, ${call.args.length}))`);
  }
  const wrong = abi.args.find(({ type }, index) => !admits(type, call.args[index] as ClarityValue));
  if (wrong !== undefined) return failed(`RuntimeCheck(TypeValueError("${wrong.name}"))`);

  const vmCall: VmCall = { sender: call.sender, contract: contract.id, abi, args: call.args };
  if (call.height === chain.tip.height) return answerOf(chain.vm.read(vmCall));
  // Later epochs have lost `at-block`, the one way to look back.
  return chain.genesis.epoch === '3.3' ? answerOf(chain.vm.readAt(call.height, vmCall)) : 'no such tip';
}

const answerOf = (outcome: VmOutcome): CallReadAnswer =>
  outcome.kind === 'value' ? { okay: true, result: outcome.result } : { okay: false, cause: outcome.message };
