import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** What the server does with one request. */
export type Scripted =
  | { readonly status?: number; readonly headers?: Record<string, string>; readonly json: unknown }
  | { readonly status?: number; readonly headers?: Record<string, string>; readonly text: string }
  /** Never answers. */
  | 'hang'
  /** Drops the connection before any answer. */
  | 'reset'
  /** Drops the connection in the middle of the body. */
  | 'cut';

export interface SeenRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface ScriptedServer {
  readonly url: string;
  readonly requests: readonly SeenRequest[];
  /** Paths of the requests after those that check the server's identity. */
  readonly paths: readonly string[];
  /**
   * Answers requests whose path begins with `path` in this order; the last answer stays. A later script of the same path
   * replaces the earlier one; the longest path counts.
   */
  on(path: string, ...answers: readonly [Scripted, ...Scripted[]]): ScriptedServer;
  close(): Promise<void>;
}

/** A real HTTP server on loopback that answers as told; 404 for what it was not told of. */
export async function startScriptedServer(): Promise<ScriptedServer> {
  const scripts = new Map<string, Scripted[]>();
  const requests: SeenRequest[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((request, response) => {
    const path = request.url ?? '';
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      requests.push({ method: request.method ?? '', path, headers: request.headers, body: Buffer.concat(chunks) });
      const key = [...scripts.keys()]
        .filter((prefix) => path.startsWith(prefix))
        .sort((a, b) => b.length - a.length)[0];
      const script = key === undefined ? undefined : scripts.get(key);
      const answer = (script !== undefined && script.length > 1 ? script.shift() : script?.[0]) ?? {
        status: 404,
        json: { message: `Route ${path} not found`, error: 'Not Found', statusCode: 404 },
      };
      if (answer === 'hang') return;
      if (answer === 'reset') {
        request.socket.resetAndDestroy();
        return;
      }
      if (answer === 'cut') {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
        response.write('{"network_id":', () => request.socket.destroy());
        return;
      }
      const [type, body] =
        'json' in answer
          ? ['application/json; charset=utf-8', JSON.stringify(answer.json)]
          : ['text/plain', answer.text];
      response.writeHead(answer.status ?? 200, { 'content-type': type, ...answer.headers });
      response.end(body);
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const scripted: ScriptedServer = {
    url: `http://127.0.0.1:${port}`,
    requests,
    get paths() {
      return requests.map(({ path }) => path).filter((path) => path !== '/v2/info');
    },
    on: (path, ...answers) => {
      scripts.set(path, [...answers]);
      return scripted;
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return scripted;
}
