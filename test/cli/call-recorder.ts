import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Refusal } from './gateway.ts';

/** A call as it went over the wire. */
export interface RecordedCall {
  readonly service: string;
  readonly action: string;
  readonly params: Readonly<Record<string, string>>;
}

/** Stands between commands and an endpoint, and writes down each AWS call with what it asks for. */
export interface CallRecorder {
  readonly url: string;
  readonly calls: readonly RecordedCall[];
  close(): Promise<void>;
}

/**
 * Opens a recorder on a free port.
 * @param refuse what it gives back is answered in the target's place, and the call isn't passed on.
 */
export async function openCallRecorder(
  target: string,
  refuse: (call: RecordedCall) => Refusal | undefined = () => undefined,
): Promise<CallRecorder> {
  const calls: RecordedCall[] = [];
  const pass = async (incoming: IncomingMessage, answer: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const call = incoming.method === 'POST' ? callOf(incoming, body.toString()) : undefined;
    if (call) calls.push(call);
    const refusal = call && refuse(call);
    if (refusal) {
      answer.writeHead(refusal.status, { 'content-type': refusal.contentType });
      answer.end(refusal.body);
      return;
    }
    const outgoing = request(
      new URL(incoming.url ?? '/', target),
      { method: incoming.method, headers: incoming.headers },
      (response) => {
        answer.writeHead(response.statusCode ?? 500, response.headers);
        response.pipe(answer);
      },
    );
    outgoing.on('error', () => answer.destroy());
    outgoing.end(body);
  };
  const server = createServer((incoming, answer) => void pass(incoming, answer));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The JSON protocol names the action in a header, the Query protocol in the body; both sign for a service. */
function callOf(incoming: IncomingMessage, body: string): RecordedCall {
  const [, service = ''] =
    /Credential=[^/]+\/\d+\/[^/]+\/(\w+)\//.exec(incoming.headers.authorization ?? '') ?? [];
  const target = incoming.headers['x-amz-target'];
  if (typeof target === 'string') {
    return {
      service,
      action: target.slice(target.indexOf('.') + 1),
      params: JSON.parse(body) as Record<string, string>,
    };
  }
  const { Action: action = '', ...params } = Object.fromEntries(new URLSearchParams(body));
  return { service, action, params };
}
