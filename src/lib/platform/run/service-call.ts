import { AppError, EXIT } from '../../rules/errors.ts';
import type { ServiceName } from '../service/names.ts';
import { createServiceToken } from '../service/service-token.ts';
import type { PlatformRecord } from './record.ts';
import { platformSecrets } from './secrets.ts';

/** Which service is asked, and how people call it. */
export interface AskedService {
  readonly name: ServiceName;
  /** Such as `order service`. */
  readonly title: string;
  /** What some refusals say, by their code. */
  readonly refusal?: (code: string, detail: string) => AppError | undefined;
}

/**
 * Asks a service, and gives what it answers.
 * @throws AppError `ServiceSilent`, `ServiceRefused` or a refusal of the service's own
 */
export type ServiceCall = (method: string, path: string) => Promise<unknown>;

/** Milliseconds that a service may take. */
const TIMEOUT_MS = 10_000;

/**
 * What asks a service of a platform in that service's own name: who may read its secret runs the platform.
 * @returns undefined where the platform has no such service
 */
export function createServiceCall(
  stateDir: string,
  { services }: Pick<PlatformRecord, 'services'>,
  service: AskedService,
): ServiceCall | undefined {
  const { name } = service;
  const [asked, auth] = [name, 'auth'].map((wanted) =>
    services.find((each) => each.name === wanted),
  );
  if (asked === undefined || auth === undefined) return undefined;
  const secret = platformSecrets(stateDir).services[name];
  const token = createServiceToken(name, secret, `http://127.0.0.1:${auth.port}`);
  return (method, path) => request(method, `http://127.0.0.1:${asked.port}${path}`, token, service);
}

async function request(
  method: string,
  url: string,
  token: () => Promise<string>,
  { name, title, refusal }: AskedService,
): Promise<unknown> {
  let answer: Response;
  let body: unknown;
  try {
    answer = await fetch(url, {
      method,
      headers: { authorization: `Bearer ${await token()}` },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    body = await answer.json();
  } catch (cause) {
    throw new AppError({
      code: 'ServiceSilent',
      message: `The ${title} of the platform can not be asked just now.`,
      hint: 'See which services run with: pubsub platform status',
      cause,
    });
  }
  if (answer.ok) return body;
  const { status } = answer;
  const { code = '', detail = '' } = body as { code?: string; detail?: string };
  const isDenied = status === 401 || status === 403;
  throw (
    refusal?.(code, detail) ??
    new AppError({
      code: 'ServiceRefused',
      message: `The ${title} answers ${status}: ${detail}`,
      hint: `See what it logs with: pubsub platform logs ${name}`,
      ...(isDenied && { exitCode: EXIT.denied }),
    })
  );
}
