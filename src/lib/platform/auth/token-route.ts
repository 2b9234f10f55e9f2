import { type ApiAnswer, type ApiRequest, type ApiRoute, jsonAnswer } from '../../http/api.ts';
import { type AccessTokens, TOKEN_LIFETIME_S } from './access-token.ts';
import { serviceToken, tokenRequest } from './schemas.ts';
import type { ServiceClients } from './service-clients.ts';

/** Who asks, and for what. */
interface TokenRequest {
  readonly grant: string | undefined;
  readonly id: string;
  readonly secret: string;
  /** Whether the client is named by HTTP's own means. */
  readonly basic: boolean;
}

/**
 * `POST /oauth/token`: tokens for services, by client credentials. The body is a form, or the same in JSON; the client is
 * named in it, or by HTTP Basic.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.4
 */
export function tokenRoute(clients: ServiceClients, tokens: AccessTokens): ApiRoute {
  return {
    method: 'POST',
    path: '/oauth/token',
    describes: {
      summary: 'Get a token for a service',
      access: 'anybody',
      body: tokenRequest,
      answer: serviceToken,
      refusals: { 400: 'The request is not one', 401: 'The client is not known' },
    },
    handle: async (request) => {
      const asked = readRequest(request);
      if (asked === undefined) {
        return refusal(
          400,
          'invalid_request',
          'Send grant_type, client_id and client_secret once.',
        );
      }
      if (!clients.isSecretOf(asked.id, asked.secret)) return unknownClient(asked);
      if (asked.grant !== 'client_credentials') {
        return refusal(400, 'unsupported_grant_type', 'Only client_credentials is known here.');
      }
      const subject = { kind: 'service', id: asked.id, roles: ['service'] } as const;
      return answer(200, {
        access_token: await tokens.issue(subject),
        token_type: 'Bearer',
        expires_in: TOKEN_LIFETIME_S.service,
      });
    },
  };
}

function readRequest({ headers, body }: ApiRequest): TokenRequest | undefined {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined;
  const field = (name: string): string | undefined => {
    const value = Object.hasOwn(body, name) ? (body as Record<string, unknown>)[name] : undefined;
    return typeof value === 'string' ? value : undefined;
  };
  const grant = field('grant_type');
  if (grant === undefined) return undefined;
  const basic = headers.authorization === undefined ? undefined : readBasic(headers.authorization);
  if (headers.authorization !== undefined) {
    // RFC 6749, 2.3: one method a request.
    if (field('client_secret') !== undefined) return undefined;
    return { grant, id: '', secret: '', ...basic, basic: true };
  }
  const [id, secret] = [field('client_id'), field('client_secret')];
  if (id === undefined || secret === undefined) return undefined;
  return { grant, id, secret, basic: false };
}

/** RFC 6749, 2.3.1: both parts are written as in a form first. */
function readBasic(header: string): { id: string; secret: string } | undefined {
  const encoded = /^basic +([\w+/=-]+)$/i.exec(header)?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString();
  const colon = text.indexOf(':');
  try {
    const [id, secret] = [text.slice(0, colon), text.slice(colon + 1)].map((part) =>
      decodeURIComponent(part.replaceAll('+', ' ')),
    );
    return colon < 0 || id === undefined || secret === undefined ? undefined : { id, secret };
  } catch {
    return undefined;
  }
}

function unknownClient({ basic }: TokenRequest): ApiAnswer {
  const refused = refusal(401, 'invalid_client', 'The client or its secret is not known.');
  if (!basic) return refused;
  return {
    ...refused,
    headers: { ...refused.headers, 'www-authenticate': 'Basic realm="pubsub"' },
  };
}

/** An error as OAuth has it (RFC 6749, 5.2). */
function refusal(status: number, error: string, description: string): ApiAnswer {
  return answer(status, { error, error_description: description });
}

function answer(status: number, value: unknown): ApiAnswer {
  return { ...jsonAnswer(status, value), headers: { 'cache-control': 'no-store' } };
}
