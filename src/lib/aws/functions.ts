import {
  CreateFunctionCommand,
  DeleteFunctionCommand,
  DeleteFunctionConcurrencyCommand,
  GetFunctionCommand,
  InvokeCommand,
  type LambdaClient,
  ListFunctionsCommand,
  PutFunctionConcurrencyCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { call, callUnless } from './call.ts';
import type { Aws } from './clients.ts';
import type { Attributes } from './topics.ts';

/** What Lambda answers about a function or mapping that isn't there (API reference). */
export const LAMBDA_NOT_FOUND = ['ResourceNotFoundException'] as const;

/** The settings of a function that this project makes. */
export interface FunctionSettings {
  readonly runtime: string;
  readonly handler: string;
  /** Seconds. */
  readonly timeout: number;
  /** MB. */
  readonly memory: number;
  readonly environment: Attributes;
  /** ARN. */
  readonly role: string;
}

/** A function as it stands. */
export interface FoundFunction extends FunctionSettings {
  readonly name: string;
  readonly arn: string;
  /** SHA-256 of its zip, base64. */
  readonly codeSha256: string;
  /** Bytes of its zip. */
  readonly codeSize: number;
  /** Undefined for none. */
  readonly reservedConcurrency: number | undefined;
  readonly tags: Attributes;
  /** Whether it can be invoked and changed now. */
  readonly isReady: boolean;
  /** Why it can't be, where Lambda says so. */
  readonly trouble: string | undefined;
  readonly lastModified: string;
}

/** A function with its tags and concurrency (`GetFunction`); undefined where there is none. */
export async function getFunction(aws: Aws, name: string): Promise<FoundFunction | undefined> {
  const lambda = await aws.lambda();
  const answer = await callUnless(aws, `read function "${name}"`, LAMBDA_NOT_FOUND, () =>
    lambda.send(new GetFunctionCommand({ FunctionName: name })),
  );
  if (answer === undefined) return undefined;
  const { Configuration: found = {}, Tags = {}, Concurrency } = answer;
  const { State = 'Active', LastUpdateStatus = 'Successful' } = found;
  return {
    name: found.FunctionName ?? name,
    arn: found.FunctionArn ?? '',
    runtime: found.Runtime ?? '',
    handler: found.Handler ?? '',
    timeout: found.Timeout ?? 0,
    memory: found.MemorySize ?? 0,
    environment: found.Environment?.Variables ?? {},
    role: found.Role ?? '',
    codeSha256: found.CodeSha256 ?? '',
    codeSize: found.CodeSize ?? 0,
    reservedConcurrency: Concurrency?.ReservedConcurrentExecutions,
    tags: Tags,
    isReady: ['Active', 'Inactive'].includes(State) && LastUpdateStatus === 'Successful',
    trouble:
      State === 'Failed'
        ? (found.StateReason ?? 'it could not be created')
        : LastUpdateStatus === 'Failed'
          ? (found.LastUpdateStatusReason ?? 'its last change failed')
          : undefined,
    lastModified: found.LastModified ?? '',
  };
}

/** Names of all functions of the account and region, sorted (`ListFunctions`, all pages). */
export async function listFunctionNames(aws: Aws): Promise<string[]> {
  const lambda = await aws.lambda();
  const names: string[] = [];
  let marker: string | undefined;
  do {
    const { Functions = [], NextMarker } = await call(aws, 'list the functions', () =>
      lambda.send(new ListFunctionsCommand(marker === undefined ? {} : { Marker: marker })),
    );
    names.push(...Functions.flatMap(({ FunctionName }) => FunctionName ?? []));
    marker = NextMarker || undefined;
  } while (marker !== undefined);
  return names.sort();
}

/** Creates a function (`CreateFunction`). @param made.zip its code. @returns its ARN. */
export async function createFunction(
  aws: Aws,
  name: string,
  made: {
    readonly settings: FunctionSettings;
    readonly zip: Uint8Array;
    readonly tags: Attributes;
  },
): Promise<string> {
  const lambda = await aws.lambda();
  const { FunctionArn = '' } = await call(aws, `create function "${name}"`, () =>
    lambda.send(
      new CreateFunctionCommand({
        FunctionName: name,
        ...configurationOf(made.settings),
        Role: made.settings.role,
        Code: { ZipFile: made.zip },
        Tags: { ...made.tags },
      }),
    ),
  );
  return FunctionArn;
}

/** Gives a function other code (`UpdateFunctionCode`). */
export async function updateFunctionCode(aws: Aws, name: string, zip: Uint8Array): Promise<void> {
  const lambda = await aws.lambda();
  await call(aws, `change the code of function "${name}"`, () =>
    lambda.send(new UpdateFunctionCodeCommand({ FunctionName: name, ZipFile: zip })),
  );
}

/** Gives a function other settings (`UpdateFunctionConfiguration`); its role stays where none is given. */
export async function updateFunctionSettings(
  aws: Aws,
  name: string,
  settings: Omit<FunctionSettings, 'role'> & { readonly role?: string | undefined },
): Promise<void> {
  const lambda = await aws.lambda();
  await call(aws, `change function "${name}"`, () =>
    lambda.send(
      new UpdateFunctionConfigurationCommand({
        FunctionName: name,
        ...configurationOf(settings),
        ...(settings.role === undefined ? {} : { Role: settings.role }),
      }),
    ),
  );
}

function configurationOf(settings: Omit<FunctionSettings, 'role'>) {
  return {
    // The names of runtimes are open: the client's list is as old as the client.
    Runtime: settings.runtime as 'nodejs24.x',
    Handler: settings.handler,
    Timeout: settings.timeout,
    MemorySize: settings.memory,
    Environment: { Variables: { ...settings.environment } },
  };
}

/** Keeps concurrency for a function (`PutFunctionConcurrency`), or gives it back where none is to be kept. */
export async function reserveConcurrency(
  aws: Aws,
  name: string,
  reserved: number | undefined,
): Promise<void> {
  const lambda = await aws.lambda();
  await call(aws, `set the reserved concurrency of function "${name}"`, () =>
    reserved === undefined
      ? lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName: name }))
      : lambda.send(
          new PutFunctionConcurrencyCommand({
            FunctionName: name,
            ReservedConcurrentExecutions: reserved,
          }),
        ),
  );
}

/** Deletes a function (`DeleteFunction`); one that is gone already is not an error. */
export async function deleteFunction(aws: Aws, name: string): Promise<void> {
  const lambda = await aws.lambda();
  await callUnless(aws, `delete function "${name}"`, LAMBDA_NOT_FOUND, () =>
    lambda.send(new DeleteFunctionCommand({ FunctionName: name })),
  );
}

/** Adds tags to a function, or changes their values, and takes others off (`TagResource`, `UntagResource`). */
export async function changeFunctionTags(
  aws: Aws,
  arn: string,
  { set, remove }: { readonly set: Attributes; readonly remove: readonly string[] },
): Promise<void> {
  const lambda = await aws.lambda();
  const send: LambdaClient['send'] = lambda.send.bind(lambda);
  if (Object.keys(set).length > 0) {
    await call(aws, `tag function "${arn}"`, () =>
      send(new TagResourceCommand({ Resource: arn, Tags: { ...set } })),
    );
  }
  if (remove.length > 0) {
    await call(aws, `untag function "${arn}"`, () =>
      send(new UntagResourceCommand({ Resource: arn, TagKeys: [...remove] })),
    );
  }
}

/** What an invocation brought. */
export interface Invoked {
  /** What the function answered, or its error, as JSON text. */
  readonly payload: string;
  /** Undefined where the function did not fail: `Unhandled` on AWS. */
  readonly functionError: string | undefined;
  /** The last 4 KB of its log. */
  readonly logTail: string;
  readonly version: string;
}

/** Invokes a function and waits for its answer (`Invoke`, RequestResponse). @param payload JSON text. */
export async function invokeFunction(aws: Aws, name: string, payload: string): Promise<Invoked> {
  const lambda = await aws.lambda();
  const answer = await call(aws, `invoke function "${name}"`, () =>
    lambda.send(
      new InvokeCommand({ FunctionName: name, Payload: Buffer.from(payload), LogType: 'Tail' }),
    ),
  );
  return {
    payload: Buffer.from(answer.Payload ?? []).toString('utf8'),
    functionError: answer.FunctionError,
    logTail: Buffer.from(answer.LogResult ?? '', 'base64').toString('utf8'),
    version: answer.ExecutedVersion ?? '$LATEST',
  };
}
