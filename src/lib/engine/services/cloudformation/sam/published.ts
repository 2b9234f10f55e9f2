import { createHash } from 'node:crypto';
import { type Data, type DataMap, dataText } from '../template/data.ts';
import type { Invoked } from './invoked.ts';
import { mapOf, pick } from './properties.ts';
import { SamError } from './sam-error.ts';

/** Characters of the hash that tells versions apart. */
const HASH_LENGTH = 10;

/** How a function is invoked, and what it is published as. */
export interface Publishing {
  readonly invoked: Invoked;
  /** By logical id. */
  readonly resources: DataMap;
  /** What the function's role has to be allowed for it. */
  readonly documents: readonly DataMap[];
}

/**
 * What `AutoPublishAlias` and `EventInvokeConfig` of a function become.
 *
 * @param code of the function, as CloudFormation has it.
 * @throws SamError
 */
export function publishing(functionId: string, properties: DataMap, code: DataMap): Publishing {
  const { AutoPublishAlias: alias, AutoPublishCodeSha256: hash, EventInvokeConfig } = properties;
  if (alias !== undefined && typeof alias !== 'string') {
    throw new SamError("'AutoPublishAlias' must be a string: no function is evaluated in it.");
  }
  const aliasId =
    alias === undefined ? undefined : functionId + `Alias${alias}`.replaceAll(/[^A-Za-z0-9]/g, '');
  const invoked = { functionId, aliasId };
  const published =
    alias === undefined || aliasId === undefined
      ? {}
      : aliasResources(functionId, aliasId, alias, hashOf(hash ?? code));
  if (EventInvokeConfig === undefined) return { invoked, resources: published, documents: [] };
  const config = mapOf(EventInvokeConfig, 'EventInvokeConfig');
  const destinations = Object.entries(mapOf(config.DestinationConfig, 'DestinationConfig'));
  const configId = `${functionId}EventInvokeConfig`;
  return {
    invoked,
    resources: { ...published, [configId]: invokeConfig(invoked, alias, config) },
    documents: destinations.map(([name, given]) => destinationDocument(name, given)),
  };
}

/** The version of a function's code, which stays when another one is published, and the alias that leads to it. */
function aliasResources(functionId: string, aliasId: string, Name: string, hash: string): DataMap {
  const versionId = `${functionId}Version${hash}`;
  const FunctionName = { Ref: functionId };
  return {
    [versionId]: {
      Type: 'AWS::Lambda::Version',
      DeletionPolicy: 'Retain',
      Properties: { FunctionName },
    },
    [aliasId]: {
      Type: 'AWS::Lambda::Alias',
      Properties: { FunctionName, FunctionVersion: { 'Fn::GetAtt': [versionId, 'Version'] }, Name },
    },
  };
}

function hashOf(source: Data): string {
  const text = typeof source === 'string' ? source : JSON.stringify(source);
  return createHash('sha256').update(text).digest('hex').slice(0, HASH_LENGTH);
}

const SETTINGS = ['MaximumEventAgeInSeconds', 'MaximumRetryAttempts'];
const ACTIONS: Readonly<Record<string, string>> = {
  EventBridge: 'events:PutEvents',
  Lambda: 'lambda:InvokeFunction',
  SNS: 'sns:Publish',
  SQS: 'sqs:SendMessage',
};

function invokeConfig(
  { functionId, aliasId }: Invoked,
  alias: string | undefined,
  config: DataMap,
): DataMap {
  const { DestinationConfig } = config;
  const destinations = Object.entries(mapOf(DestinationConfig, 'DestinationConfig')).map(
    ([name, given]) => [name, pick(mapOf(given, name), ['Destination'])],
  );
  return {
    Type: 'AWS::Lambda::EventInvokeConfig',
    ...(aliasId === undefined ? {} : { DependsOn: aliasId }),
    Properties: {
      FunctionName: { Ref: functionId },
      Qualifier: alias ?? '$LATEST',
      ...pick(config, SETTINGS),
      ...(DestinationConfig === undefined
        ? {}
        : { DestinationConfig: Object.fromEntries(destinations) as DataMap }),
    },
  };
}

/** @throws SamError for a destination that SAM would make, and for one of an unknown type */
function destinationDocument(name: string, given: Data): DataMap {
  const { Type: type, Destination } = mapOf(given, name);
  const Action = ACTIONS[dataText(type)];
  if (Action === undefined) {
    const types = Object.keys(ACTIONS).join(', ');
    throw new SamError(`'Type: ${dataText(type)}' must be one of [${types}].`);
  }
  if (Destination === undefined) {
    throw new SamError(`'Destination' of ${name} is missing: the local engine makes none.`);
  }
  return { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: Destination }] };
}
