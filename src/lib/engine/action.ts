import type { ResourcePolicy } from '../rules/policy/index.ts';
import type { Clock } from './clock.ts';
import type { Journal } from './journal/journal.ts';

/** A client's connection: its port at the other end, and whether it is closed by now. */
export interface Connection {
  readonly remotePort?: number | undefined;
  readonly destroyed: boolean;
}

/** What an action gets besides its input: its own service's state, the engine's clock and journal, and the request. */
export interface RequestContext<State = unknown> {
  /** The service's own state, which holds its ports to the other services. */
  readonly state: State;
  readonly clock: Clock;
  readonly journal: Journal;
  /** Twelve digits: the caller's account. */
  readonly account: string;
  readonly region: string;
  /** The caller's ARN, for policies and for `SenderId`. */
  readonly principalArn: string;
  /** The caller's unique id: `SenderId`, and `UserId` of `GetCallerIdentity`. */
  readonly userId: string;
  /** The access key id that the request was signed with; empty for an unsigned request. */
  readonly accessKeyId: string;
  /** What restricts the caller's session; undefined where nothing does. */
  readonly sessionPolicy: ResourcePolicy | undefined;
  readonly requestId: string;
  /** `http://host:port` as the client addressed the engine: queue URLs begin with it. */
  readonly baseUrl: string;
  /** The client's address, for `aws:SourceIp`. */
  readonly sourceIp: string;
  /** The client's `User-Agent`; empty where it sends none. */
  readonly userAgent: string;
  /** Whether its texts are known to hold no characters but ASCII's from the blank on; false where nobody looked. */
  readonly isPlainText: boolean;
  /** The connection that the request came over. */
  readonly connection: Connection;
  /** The publisher's `X-Amzn-Trace-Id`, which becomes the message's `AWSTraceHeader`. */
  readonly traceHeader: string | undefined;
  /** Aborted when the client has gone away: a waiting receive MUST then take no message. */
  readonly signal: AbortSignal;
}

/**
 * One AWS action: a small function of its decoded input and the context. It changes state through `ctx.state` only
 * and throws `ServiceError` for what AWS would refuse. The server waits for the journal before it answers, so an
 * action never has to.
 */
export type Action<Input = never, State = never> = (
  input: Input,
  ctx: RequestContext<State>,
) => unknown;
