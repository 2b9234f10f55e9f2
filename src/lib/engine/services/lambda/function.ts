/** Where a version's code is: a zip that was unpacked once, or a folder of the user's that is read anew when it changes. */
export type FunctionCode =
  | {
      readonly kind: 'zip';
      /** Base64, as `CodeSha256` has it. */
      readonly sha256: string;
      /** Bytes of the zip. */
      readonly size: number;
    }
  | { readonly kind: 'folder'; readonly path: string };

/** One version of a function: `$LATEST`, which changes, or a number, which doesn't. */
export interface FunctionVersion {
  readonly version: string;
  readonly runtime: string;
  /** Empty where the runtime needs none. */
  readonly handler: string;
  readonly role: string;
  readonly description: string;
  /** Seconds. */
  readonly timeout: number;
  /** MB. */
  readonly memory: number;
  readonly variables: Readonly<Record<string, string>>;
  /** ARN of the queue or topic that takes asynchronous events whose tries are used up; empty for none. */
  readonly deadLetterArn: string;
  readonly architecture: string;
  /** MB of `/tmp`, which is told and not enforced. */
  readonly storage: number;
  readonly tracing: string;
  /** Empty for `/aws/lambda/<name>`. */
  readonly logGroup: string;
  readonly code: FunctionCode;
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number;
  readonly revisionId: string;
}

/** A name for a version, or for two that share its invocations. */
export interface FunctionAlias {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  /** Share of another version, 0 to 1, by version. */
  readonly weights: Readonly<Record<string, number>>;
  readonly revisionId: string;
}

/** How asynchronous events of a function are treated. */
export interface EventInvokeConfig {
  /** `$LATEST`, a version or an alias. */
  readonly qualifier: string;
  /** 0 to 2. */
  readonly retries: number;
  /** Seconds, 60 to 21,600. */
  readonly maxAge: number;
  /** ARNs of a queue, topic or function; empty for none. */
  readonly onSuccess: string;
  readonly onFailure: string;
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number;
}

/** Who may invoke a function: a statement of its resource policy, for one qualifier or all (empty). */
export interface PolicyStatement {
  readonly qualifier: string;
  readonly sid: string;
  readonly statement: Readonly<Record<string, unknown>>;
}

/** A function. It is never changed: a change makes another that takes its place. */
export interface LambdaFunction {
  readonly name: string;
  readonly arn: string;
  /** Twelve digits. */
  readonly account: string;
  readonly region: string;
  readonly latest: FunctionVersion;
  /** The oldest first. */
  readonly published: readonly FunctionVersion[];
  /** The number of the version that is published next: none is given twice. */
  readonly nextVersion: number;
  readonly aliases: readonly FunctionAlias[];
  readonly statements: readonly PolicyStatement[];
  readonly policyRevisionId: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Invocations at a time that are set aside for it; null for none. */
  readonly reserved: number | null;
  readonly eventConfigs: readonly EventInvokeConfig[];
}

/** The log group of a version. */
export function logGroupOf({ name }: LambdaFunction, { logGroup }: FunctionVersion): string {
  return logGroup === '' ? `/aws/lambda/${name}` : logGroup;
}
