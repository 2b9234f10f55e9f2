import type { Broker } from '../config/target.ts';
import { readExactFields } from '../events/json-value.ts';
import { AppError, EXIT } from '../rules/errors.ts';

/** Milliseconds that the management plugin has for an answer. */
const ANSWER_TIMEOUT_MS = 15_000;

/** Calls to which "not found" is an answer; to others it says that what they build upon is gone. */
const MAY_BE_GONE: readonly string[] = ['GET', 'DELETE'];

/** A path within the broker's vhost: the kind of what is asked for, and its names. */
export type Path = readonly [kind: string, ...names: string[]];

/**
 * The HTTP API of RabbitMQ's management plugin: AMQP itself lists nothing and tells no arguments.
 * @see https://www.rabbitmq.com/docs/management#http-api
 */
export class Management {
  private readonly broker: Broker;

  constructor(broker: Broker) {
    this.broker = broker;
  }

  /** Reads; undefined for what isn't there. @throws AppError `ManagementUnreachable`, `AccessDenied` (exit 4). */
  async get<T>(path: Path): Promise<T | undefined> {
    return this.read(await this.call('GET', path));
  }

  /** Reads what is of no vhost, such as `nodes`. @throws AppError as `get`. */
  async getOfCluster<T>(kind: string): Promise<T | undefined> {
    return this.read(await this.callAt('GET', [kind]));
  }

  private async read<T>(answer: Response | undefined): Promise<T | undefined> {
    try {
      return (await answer?.json()) as T | undefined;
    } catch (cause) {
      throw this.unreachable(cause);
    }
  }

  /** Makes something, or finds that it is there as it is wanted. @throws AppError `Refused` as well. */
  async put(path: Path, body: object): Promise<void> {
    await this.call('PUT', path, body);
  }

  /** Adds something. @throws AppError as `put`. */
  async post(path: Path, body: object): Promise<void> {
    await this.call('POST', path, body);
  }

  /** Removes something; what isn't there is no error. @throws AppError as `put`. */
  async delete(path: Path): Promise<void> {
    await this.call('DELETE', path);
  }

  private call(method: string, where: Path, body?: object): Promise<Response | undefined> {
    const [kind, ...names] = where;
    return this.callAt(method, [kind, this.broker.vhost, ...names], body);
  }

  private async callAt(
    method: string,
    path: readonly string[],
    body?: object,
  ): Promise<Response | undefined> {
    const { managementUrl, username, password } = this.broker;
    // Each part is encoded by itself: the vhost `/` is `%2F`.
    const url = `${managementUrl}/api/${path.map(encodeURIComponent).join('/')}`;
    let answer: Response;
    try {
      answer = await fetch(url, {
        method,
        headers: {
          authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
          'content-type': 'application/json',
        },
        redirect: 'error',
        signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch (cause) {
      throw this.unreachable(cause);
    }
    if (answer.ok) return answer;
    if (answer.status === 404 && MAY_BE_GONE.includes(method)) return undefined;
    throw await this.refusal(`${method} ${path.join('/')}`, answer);
  }

  private unreachable(cause: unknown): AppError {
    const { cause: origin } = cause as { readonly cause?: unknown };
    return new AppError({
      code: 'ManagementUnreachable',
      message: `RabbitMQ's management plugin does not answer at ${this.broker.managementUrl}: what is there can't be read without it.`,
      hint: 'Enable it with: rabbitmq-plugins enable rabbitmq_management   or say where it is: RABBITMQ_MANAGEMENT_URL',
      cause: origin ?? cause,
    });
  }

  private async refusal(what: string, answer: Response): Promise<AppError> {
    const text = await answer.text().catch(() => '');
    const reason = reasonIn(text) ?? `HTTP ${answer.status}`;
    if (answer.status === 401 || answer.status === 403) {
      const { username, url } = this.broker;
      return new AppError({
        code: 'AccessDenied',
        message: `The management plugin refuses the user ${username} (${what}): ${reason}.`,
        hint: `It needs the tag "management" and the permissions of ${url}: rabbitmqctl set_user_tags ${username} management`,
        exitCode: EXIT.denied,
      });
    }
    return new AppError({ code: 'Refused', message: `RabbitMQ refused ${what}: ${reason}.` });
  }
}

function reasonIn(text: string): string | undefined {
  const reason = readExactFields(text)?.reason;
  return typeof reason === 'string' ? reason.replace(/\.$/, '') : undefined;
}
