import type { z } from 'zod';
import type { Database } from '../../database/database.ts';
import { type ApiAnswer, type ApiRequest, type ApiRoute, jsonAnswer } from '../../http/api.ts';
import { check } from '../../http/check.ts';
import { Problem } from '../../http/problem.ts';
import { type AccessTokens, TOKEN_LIFETIME_S } from './access-token.ts';
import { addAccount, findByEmail, replaceHash, type StoredAccount } from './account-store.ts';
import { clientAddress } from './client-address.ts';
import type { LoginLimits } from './login-limits.ts';
import type { PasswordChecks } from './password-checks.ts';
import { credentials, refreshBody, registered, registration, session } from './schemas.ts';
import type { Session, SessionStore } from './session-store.ts';

const LIMITED = { 429: 'Too many attempts' };

/** What the routes work with. */
export interface AuthRoutes {
  readonly database: Database;
  readonly passwords: PasswordChecks;
  readonly limits: LoginLimits;
  readonly sessions: SessionStore;
  readonly tokens: AccessTokens;
  /** Told each time an event was put into the outbox. */
  readonly onEvent: () => void;
}

/** `/auth/register`, `/auth/login`, `/auth/refresh` and `/auth/logout`. */
export function authRoutes(parts: AuthRoutes): ApiRoute[] {
  return [
    {
      method: 'POST',
      path: '/auth/register',
      describes: {
        summary: 'Register',
        access: 'anybody',
        body: registration,
        status: 201,
        answer: registered,
        refusals: LIMITED,
      },
      handle: (request) => register(parts, request),
    },
    {
      method: 'POST',
      path: '/auth/login',
      describes: {
        summary: 'Log in',
        access: 'anybody',
        body: credentials,
        answer: session,
        refusals: { 401: 'The address or the password is wrong', ...LIMITED },
      },
      handle: (request) => logIn(parts, request),
    },
    {
      method: 'POST',
      path: '/auth/refresh',
      describes: {
        summary: 'Get new tokens for a refresh token, which is good once',
        access: 'anybody',
        body: refreshBody,
        answer: session,
        refusals: { 401: 'The refresh token is not good, or was used before' },
      },
      handle: (request) => refresh(parts, request),
    },
    {
      method: 'POST',
      path: '/auth/logout',
      describes: { summary: 'Log out', access: 'anybody', body: refreshBody, status: 204 },
      handle: async (request) => {
        await parts.sessions.end(bodyOf(request, refreshBody).refresh_token);
        return { status: 204, body: '' };
      },
    },
  ];
}

/** Answers the same, and after the same work, where the address has an account: that one stays as it is. */
async function register(parts: AuthRoutes, request: ApiRequest): Promise<ApiAnswer> {
  const { email, password, name } = bodyOf(request, registration);
  await parts.limits.register(clientAddress(request.headers));
  const passwordHash = await parts.passwords.hash(password);
  const added = await parts.database.transaction((tx) =>
    addAccount(tx, { email, name, passwordHash }, request.traceparent),
  );
  if (added !== undefined) parts.onEvent();
  return jsonAnswer(201, { email, name });
}

async function logIn(parts: AuthRoutes, request: ApiRequest): Promise<ApiAnswer> {
  const { email, password } = bodyOf(request, credentials);
  const attempt = { email, address: clientAddress(request.headers) };
  await parts.limits.begin(attempt);
  const { account, isRight } = await lookAt(parts, email, password).catch(async (error) => {
    // Where too many log in at once, nobody's account is to be closed for it.
    await parts.limits.untried(attempt);
    throw error;
  });
  if (!isRight || account === undefined) throw wrongCredentials();
  await parts.limits.succeeded(attempt);
  await renewHash(parts, account, password);
  const { passwordHash: _, ...rest } = account;
  return sessionAnswer(parts.tokens, await parts.sessions.begin(rest));
}

/** Whether there is an account, and whether it has a password, shows neither in the answer nor in the time. */
async function lookAt({ database, passwords }: AuthRoutes, email: string, password: string) {
  const account = await findByEmail(database, email);
  return { account, isRight: await passwords.isRight(password, account?.passwordHash) };
}

/** Brings the hash of a password up to today's cost, while the password is known. */
async function renewHash(
  { passwords, database }: AuthRoutes,
  account: StoredAccount,
  password: string,
): Promise<void> {
  if (account.passwordHash === undefined || !passwords.isOutdated(account.passwordHash)) return;
  await replaceHash(database, account, await passwords.hash(password));
}

async function refresh({ sessions, tokens }: AuthRoutes, request: ApiRequest): Promise<ApiAnswer> {
  const outcome = await sessions.refresh(bodyOf(request, refreshBody).refresh_token);
  if (outcome.kind === 'refreshed') return sessionAnswer(tokens, outcome.session);
  // What ended a session is said to whoever holds one of its tokens.
  if (outcome.kind === 'reused') {
    throw new Problem(
      401,
      'refresh_token_reused',
      'The refresh token was used before: its session is ended. Log in again.',
    );
  }
  throw new Problem(401, 'invalid_refresh_token', 'The refresh token is not good: log in again.');
}

/** The tokens of a session. */
export async function sessionAnswer(tokens: AccessTokens, begun: Session): Promise<ApiAnswer> {
  const { id, account, refreshToken } = begun;
  const { roles } = account;
  const access = await tokens.issue({ kind: 'user', id: account.id, roles, session: id });
  const answer = jsonAnswer(200, {
    access_token: access,
    token_type: 'Bearer',
    expires_in: TOKEN_LIFETIME_S.user,
    refresh_token: refreshToken,
    user: account,
  });
  return { ...answer, headers: { 'cache-control': 'no-store' } };
}

/** @throws Problem 400 without a body, 422 with the messages of each field */
export function bodyOf<T extends z.ZodType>({ body }: ApiRequest, schema: T): z.output<T> {
  if (body === undefined) throw new Problem(400, 'malformed_json', 'The body is missing.');
  return check(schema, body, 'body');
}

function wrongCredentials(): Problem {
  return new Problem(401, 'wrong_credentials', 'The address or the password is wrong.');
}
