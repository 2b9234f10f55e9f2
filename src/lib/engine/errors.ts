/** Where an error comes from: the service itself, or the web framework that all of AWS's services stand on. */
export type ErrorOrigin = 'service' | 'framework';

/** An error that AWS would answer: the server turns it into the protocol's own shape. */
export class ServiceError extends Error {
  /** Error code as the JSON protocol's `__type` names it, and as the Query protocol's `<Code>` unless `queryCode` says otherwise. */
  readonly code: string;
  /** HTTP status of the answer. */
  readonly status: number;
  /** The Query protocol's code where it differs (`AWS.SimpleQueueService.NonExistentQueue`). */
  readonly queryCode: string;
  /** The Query protocol's text where it differs. */
  readonly queryMessage: string;
  readonly origin: ErrorOrigin;
  /** Whether the Query protocol's answer is the code as an element and nothing else. */
  readonly bare: boolean;
  /** What a REST answer tells besides the text. */
  readonly members: Readonly<Record<string, unknown>>;

  constructor(
    code: string,
    message: string,
    options: {
      status?: number;
      queryCode?: string;
      queryMessage?: string;
      origin?: ErrorOrigin;
      bare?: boolean;
      members?: Readonly<Record<string, unknown>>;
    } = {},
  ) {
    super(message);
    this.name = 'ServiceError';
    this.code = code;
    this.status = options.status ?? 400;
    this.queryCode = options.queryCode ?? code;
    this.queryMessage = options.queryMessage ?? message;
    this.origin = options.origin ?? 'service';
    this.bare = options.bare ?? false;
    this.members = options.members ?? {};
  }

  /** `Sender` for the caller's mistakes (4xx), `Receiver` for the service's own (5xx). */
  get fault(): 'Sender' | 'Receiver' {
    return this.status < 500 ? 'Sender' : 'Receiver';
  }
}

/** 400 for what AWS has and the engine hasn't. @param what completes "The local engine does not support …". */
export function unsupported(what: string): ServiceError {
  return new ServiceError('UnsupportedOperation', `The local engine does not support ${what}.`);
}
