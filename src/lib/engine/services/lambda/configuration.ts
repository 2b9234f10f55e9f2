import { createHash } from 'node:crypto';
import type { FunctionConfiguration } from '@aws-sdk/client-lambda';
import { type FunctionVersion, type LambdaFunction, logGroupOf } from './function.ts';

/** What a change that was asked for just now is answered with; a look at it later finds it done. */
export const CREATING = {
  State: 'Pending',
  StateReason: 'The function is being created.',
  StateReasonCode: 'Creating',
} as const;
export const UPDATING = {
  LastUpdateStatus: 'InProgress',
} as const;

/**
 * A version as `FunctionConfiguration` shows it.
 * @param arn as it was asked for: with a qualifier where one was named
 */
export function configurationOf(
  fn: LambdaFunction,
  version: FunctionVersion,
  arn: string,
): FunctionConfiguration {
  const { code, variables, deadLetterArn, runtime } = version;
  return {
    FunctionName: fn.name,
    FunctionArn: arn,
    Runtime: runtime as FunctionConfiguration['Runtime'],
    Role: version.role,
    ...(version.handler === '' ? {} : { Handler: version.handler }),
    CodeSize: code.kind === 'zip' ? code.size : 0,
    Description: version.description,
    Timeout: version.timeout,
    MemorySize: version.memory,
    LastModified: new Date(version.modifiedAt).toISOString().replace('Z', '+0000'),
    CodeSha256: code.kind === 'zip' ? code.sha256 : digest(code.path),
    Version: version.version,
    ...(deadLetterArn === '' ? {} : { DeadLetterConfig: { TargetArn: deadLetterArn } }),
    ...(Object.keys(variables).length === 0 ? {} : { Environment: { Variables: variables } }),
    TracingConfig: { Mode: version.tracing as 'PassThrough' },
    RevisionId: version.revisionId,
    State: 'Active',
    LastUpdateStatus: 'Successful',
    PackageType: 'Zip',
    Architectures: [version.architecture as 'x86_64'],
    EphemeralStorage: { Size: version.storage },
    SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
    RuntimeVersionConfig: {
      RuntimeVersionArn: `arn:aws:lambda:${fn.region}::runtime:${createHash('sha256').update(runtime).digest('hex')}`,
    },
    LoggingConfig: { LogFormat: 'Text', LogGroup: logGroupOf(fn, version) },
  };
}

/** A folder has no zip: its name stands for it. */
function digest(path: string): string {
  return createHash('sha256').update(path).digest('base64');
}
