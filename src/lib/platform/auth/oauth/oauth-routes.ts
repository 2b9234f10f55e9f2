import type { Database } from '../../../database/database.ts';
import type { ApiAnswer, ApiRequest, ApiRoute } from '../../../http/api.ts';
import { Problem } from '../../../http/problem.ts';
import type { AccessTokens } from '../access-token.ts';
import { type Account, addAccount, addIdentity, findByIdentity } from '../account-store.ts';
import { sessionAnswer } from '../auth-routes.ts';
import { normalEmail } from '../email-address.ts';
import { session } from '../schemas.ts';
import type { SessionStore } from '../session-store.ts';
import { LOGIN_LIFETIME_S, rememberLogin, takeLogin } from './login-store.ts';
import type { ProvidedIdentity, ProviderClient } from './provider-client.ts';

/** What the routes work with. */
export interface OAuthRoutes {
  readonly database: Database;
  readonly sessions: SessionStore;
  readonly tokens: AccessTokens;
  readonly providers: ReadonlyMap<string, ProviderClient>;
  /** Where people reach the platform, such as `https://shop.example.com`. */
  readonly publicUrl: string;
  /** Told each time an event was put into the outbox. */
  readonly onEvent: () => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

const UNKNOWN = { 404: 'No such provider' };

const COOKIE = 'pubsub_login';
const NAME_MOST = 100;
/** Characters of a provider's answer at the most. */
const QUERY_MOST = 4096;

/** `/auth/oauth/:provider/start` and `/callback`: login at an identity provider. */
export function oauthRoutes(parts: OAuthRoutes): ApiRoute[] {
  return [
    {
      method: 'GET',
      path: '/auth/oauth/:provider/start',
      describes: {
        summary: 'Begin a login at an identity provider',
        access: 'anybody',
        status: 302,
        refusals: UNKNOWN,
      },
      handle: async (request) => {
        const { url, login } = await providerOf(parts, request).begin();
        await rememberLogin(parts.database, login, parts.now());
        return redirect(url, cookie(parts.publicUrl, login.state, LOGIN_LIFETIME_S));
      },
    },
    {
      method: 'GET',
      path: '/auth/oauth/:provider/callback',
      describes: {
        summary: 'End a login at an identity provider',
        access: 'anybody',
        answer: session,
        refusals: {
          ...UNKNOWN,
          400: 'It has not begun here',
          403: 'The address is not vouched for',
          409: 'The address has an account',
        },
      },
      handle: (request) => finish(parts, request),
    },
  ];
}

async function finish(parts: OAuthRoutes, request: ApiRequest): Promise<ApiAnswer> {
  const provider = providerOf(parts, request);
  const name = request.params.provider ?? '';
  const { state } = request.query;
  // The cookie ties the answer to the browser that asked: nobody can log others in as themselves.
  if (typeof state !== 'string' || state === '' || stateOf(request.headers.cookie) !== state) {
    throw unknownLogin();
  }
  const login = await takeLogin(parts.database, { provider: name, state }, parts.now());
  if (login === undefined) throw unknownLogin();
  const identity = await provider.finish(login, queryOf(request));
  const account = await accountFor(parts, name, identity, request.traceparent);
  const answer = await sessionAnswer(parts.tokens, await parts.sessions.begin(account));
  return {
    ...answer,
    headers: { ...answer.headers, 'set-cookie': cookie(parts.publicUrl, '', 0) },
  };
}

/** The account of somebody whom a provider knows; the first time, a new one. */
async function accountFor(
  { database, onEvent }: OAuthRoutes,
  provider: string,
  { subject, email: given, name }: ProvidedIdentity,
  traceparent: string | undefined,
): Promise<Account> {
  const identity = { provider, subject };
  const known = await findByIdentity(database, identity);
  if (known !== undefined) return known;
  const email = normalEmail(given ?? '');
  if (email === undefined) {
    throw new Problem(403, 'email_unverified', `${provider} does not vouch for an e-mail address.`);
  }
  const shown = shownName(name) || email.slice(0, email.lastIndexOf('@'));
  const added = await database.transaction(async (tx) => {
    const account = await addAccount(
      tx,
      { email, name: shown, passwordHash: undefined },
      traceparent,
    );
    if (account !== undefined) await addIdentity(tx, identity, account.id);
    return account;
  });
  // Whoever made that account has never shown that the address is theirs: the two are not brought together.
  if (added === undefined) {
    // Unless this same login came twice at once.
    const raced = await findByIdentity(database, identity);
    if (raced !== undefined) return raced;
    throw new Problem(
      409,
      'account_exists',
      'The address has an account: log in with its password.',
    );
  }
  onEvent();
  return added;
}

function shownName(name = ''): string {
  const visible = name.replace(/[\p{Cc}\p{Cs}]/gu, ' ').trim();
  return [...visible].slice(0, NAME_MOST).join('').trim();
}

function providerOf({ providers }: OAuthRoutes, { params }: ApiRequest): ProviderClient {
  const found = providers.get(params.provider ?? '');
  if (found !== undefined) return found;
  throw new Problem(404, 'provider_not_found', 'There is no identity provider of this name.');
}

/** The query as it came, but for a parameter that stands in it twice, which nobody means. */
function queryOf({ query }: ApiRequest): string {
  const pairs = Object.entries(query).map(([name, value]): [string, string] => {
    if (typeof value !== 'string') throw unknownLogin();
    return [name, value];
  });
  const text = new URLSearchParams(pairs).toString();
  if (text.length > QUERY_MOST) throw unknownLogin();
  return text;
}

function stateOf(header = ''): string | undefined {
  return new RegExp(`(?:^|; ?)${COOKIE}=([\\w-]{1,128})(?:;|$)`).exec(header)?.[1];
}

function cookie(publicUrl: string, value: string, seconds: number): string {
  const secure = publicUrl.startsWith('https:') ? '; Secure' : '';
  return `${COOKIE}=${value}; Max-Age=${seconds}; Path=/; HttpOnly; SameSite=Lax${secure}`;
}

function redirect(to: URL, setCookie: string): ApiAnswer {
  const headers = { location: to.href, 'set-cookie': setCookie, 'cache-control': 'no-store' };
  return { status: 302, headers, body: '' };
}

function unknownLogin(): Problem {
  return new Problem(
    400,
    'login_not_found',
    'This login has not begun here, or is over: begin again.',
  );
}
