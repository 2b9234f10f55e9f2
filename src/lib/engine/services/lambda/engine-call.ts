import { type Agent, type ClientRequest, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { RoleKeys } from '../../ports.ts';

/** A call of one of the engine's own services, over HTTP as anybody's. */
export interface EngineCall {
  /** `http://127.0.0.1:<port>`. */
  readonly endpoint: string;
  readonly region: string;
  /** As credentials name it. */
  readonly service: 'sqs' | 'sns';
  readonly keys: RoleKeys;
  readonly userAgent: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly agent?: Agent;
  /** Told of the request before it is sent, so that it can be cancelled. */
  readonly onRequest?: (call: ClientRequest) => void;
}

/** @throws Error where nobody answered. */
export function callEngine(
  call: EngineCall,
): Promise<{ readonly status: number; readonly text: string }> {
  const { endpoint, region, service, keys, userAgent, headers, body, agent, onRequest } = call;
  return new Promise((resolve, reject) => {
    const outgoing = request(
      endpoint,
      {
        method: 'POST',
        ...(agent === undefined ? {} : { agent }),
        headers: {
          ...headers,
          'Content-Length': Buffer.byteLength(body),
          'X-Amz-Security-Token': keys.sessionToken,
          // The engine checks no signature.
          Authorization: `AWS4-HMAC-SHA256 Credential=${keys.accessKeyId}/20260101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`,
          'User-Agent': userAgent,
        },
      },
      (answer) => {
        buffer(answer).then(
          (body) => resolve({ status: answer.statusCode ?? 0, text: body.toString('utf8') }),
          reject,
        );
      },
    );
    onRequest?.(outgoing);
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}
