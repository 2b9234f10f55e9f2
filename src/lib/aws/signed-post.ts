import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { HttpRequest } from '@smithy/core/protocols';
import { SignatureV4 } from '@smithy/signature-v4';
import { call } from './call.ts';
import type { Aws } from './clients.ts';

/** A call of a service that a few reads are asked of: its SDK client would be larger than what uses it. */
export interface SignedPost {
  /** As host names and signatures call it, such as `ec2`. */
  readonly service: string;
  /** Undefined for AWS's own. */
  readonly endpoint: string | undefined;
  readonly contentType: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
  /** What a refusal says; undefined where it doesn't. */
  errorOf(body: string): Readonly<Record<'name' | 'message', string | undefined>>;
}

/**
 * Sends a call with the credentials, the connections and the signature of the other clients.
 * @param what as `call` takes it. @returns the answer's text. @throws AppError
 */
export function signedPost(aws: Aws, what: string, post: SignedPost): Promise<string> {
  return call(aws, what, async () => {
    const { credentials, sha256, requestHandler } = aws.sts.config;
    const { service, endpoint, contentType, headers, body, errorOf } = post;
    const { region } = aws;
    const url = new URL(endpoint ?? `https://${service}.${region}.${domainOf(region)}`);
    const request = new HttpRequest({
      method: 'POST',
      protocol: url.protocol,
      hostname: url.hostname,
      ...(url.port !== '' && { port: Number(url.port) }),
      path: '/',
      headers: { host: url.host, 'content-type': contentType, ...headers },
      body,
    });
    const signer = new SignatureV4({ credentials, region, service, sha256 });
    const signed = (await signer.sign(request)) as HttpRequest;
    const { response } = await requestHandler.handle(signed);
    const answer = await text(response.body as Readable);
    if (response.statusCode === 200) return answer;
    const { name = 'UnknownError', message = `HTTP ${response.statusCode}` } = errorOf(answer);
    // As the SDK throws it.
    throw Object.assign(new Error(message), {
      name,
      $metadata: { httpStatusCode: response.statusCode },
    });
  });
}

function domainOf(region: string): string {
  return region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
}
