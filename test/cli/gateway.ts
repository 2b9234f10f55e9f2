import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Calls that change something at the target. */
const WRITES =
  /^(Create|Delete|Set|Tag|Untag|Subscribe|Unsubscribe|Publish|Send|Purge|Change|Add|Remove)/;

/** A refusal to answer a call with in the target's place. */
export interface Refusal {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** Stands between the binary and an endpoint, so that a test can do something at an exact call. */
export interface Gateway {
  readonly url: string;
  /** Ends it, once all calls that were passed on are answered. */
  close(): Promise<void>;
}

/**
 * Opens a gateway on a free port.
 * @param onWrite told of each call that changes something before it is passed on, with its number from 1. What it
 * returns is answered; nothing passes the call on.
 */
export async function openGateway(
  target: string,
  onWrite: (action: string, number: number) => Refusal | undefined | Promise<Refusal | undefined>,
): Promise<Gateway> {
  let writes = 0;
  const inHand = new Set<Promise<void>>();
  const server = createServer((incoming, answer) => {
    // A call that was cut off in the middle is none.
    const passing = pass(incoming, answer).catch(() => {});
    inHand.add(passing);
    void passing.then(() => inHand.delete(passing));
  });
  const pass = async (incoming: IncomingMessage, answer: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const action = actionOf(incoming, body);
    if (WRITES.test(action)) {
      writes += 1;
      const refusal = await onWrite(action, writes);
      if (refusal) {
        answer.writeHead(refusal.status, { 'content-type': refusal.contentType });
        answer.end(refusal.body);
        return;
      }
    }
    await new Promise<void>((resolve) => {
      const outgoing = request(
        new URL(incoming.url ?? '/', target),
        { method: incoming.method, headers: incoming.headers },
        (response) => {
          answer.writeHead(response.statusCode ?? 500, response.headers);
          response.pipe(answer);
          response.on('close', resolve);
          // Who asked may be gone: the answer is read to its end nevertheless.
          answer.on('close', () => response.resume());
        },
      );
      outgoing.on('error', () => {
        answer.destroy();
        resolve();
      });
      outgoing.end(body);
    });
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      // What was passed on reaches the target also when who asked is gone.
      await Promise.allSettled(inHand);
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

/** The action's name, which the JSON protocol puts into a header and the Query protocol into the body. */
function actionOf(incoming: IncomingMessage, body: Buffer): string {
  const target = incoming.headers['x-amz-target'];
  if (typeof target === 'string') return target.slice(target.indexOf('.') + 1);
  return new URLSearchParams(body.toString()).get('Action') ?? '';
}
