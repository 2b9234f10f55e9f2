import { type ApiRoute, jsonAnswer } from '../../http/api.ts';
import { TOKEN_ALGORITHM, TOKEN_ISSUER } from '../service/tokens.ts';
import type { SigningKeys } from './signing-keys.ts';

/** Seconds for which the keys may be kept by whoever reads them. */
const KEYS_KEPT_S = 60;

/** `/.well-known/jwks.json` and `/.well-known/openid-configuration`: what others need to check and to get tokens. */
export function keyRoutes(keys: SigningKeys, publicUrl: string): ApiRoute[] {
  const headers = { 'cache-control': `public, max-age=${KEYS_KEPT_S}` };
  return [
    {
      method: 'GET',
      path: '/.well-known/jwks.json',
      describes: { summary: 'Read the keys that tokens are checked with', access: 'anybody' },
      handle: async () => ({ ...jsonAnswer(200, await keys.published()), headers }),
    },
    {
      method: 'GET',
      path: '/.well-known/openid-configuration',
      describes: { summary: 'Read where tokens come from', access: 'anybody' },
      handle: async () => ({ ...jsonAnswer(200, metadata(publicUrl)), headers }),
    },
  ];
}

/** RFC 8414. */
function metadata(publicUrl: string) {
  return {
    issuer: TOKEN_ISSUER,
    jwks_uri: `${publicUrl}/.well-known/jwks.json`,
    token_endpoint: `${publicUrl}/api/v1/oauth/token`,
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    grant_types_supported: ['client_credentials'],
    response_types_supported: [],
    id_token_signing_alg_values_supported: [TOKEN_ALGORITHM],
    subject_types_supported: ['public'],
  };
}
