import { functionEnvironment } from '../../definition/build-functions.ts';
import { resourceTags } from '../../definition/resource-tags.ts';
import type {
  FunctionSpec,
  KeyAttribute,
  TableKey,
  TableSpec,
  Topology,
} from '../../definition/topology.ts';
import { logGroupOf } from '../../rules/functions.ts';
import {
  type FunctionSubscriber,
  functionSubscribers,
  LOG_RETENTION_DAYS,
} from '../functions/settings.ts';
import { functionStatements } from '../iam/function-role.ts';
import type { LogicalNames } from './logical-names.ts';
import { type TemplateResource, tagList, templateKeyArn } from './template.ts';

type Json = Readonly<Record<string, unknown>>;

/** The parameter that says where the code of functions lies: what a template can't hold. */
export const CODE_BUCKET = 'CodeBucket';

/**
 * The tables, functions, roles, log groups and mappings of a topology as CloudFormation resources. The code of a function
 * is a zip in a bucket, which parameters name.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/AWS_Lambda.html
 */
export function functionResources(
  topology: Topology,
  names: LogicalNames,
): [string, TemplateResource][] {
  return [
    ...topology.tables.map((spec): [string, TemplateResource] => [
      names.table(spec.name),
      tableResource(topology, spec),
    ]),
    ...topology.functions.flatMap((spec): [string, TemplateResource][] => {
      const name = names.function(spec.name);
      return [
        [
          `${name}Logs`,
          {
            Type: 'AWS::Logs::LogGroup',
            Properties: {
              LogGroupName: logGroupOf(spec.name),
              RetentionInDays: LOG_RETENTION_DAYS,
              Tags: tagList(resourceTags(topology, { tags: spec.tags })),
            },
          },
        ],
        ...(spec.role === undefined ? [roleResource(topology, spec, names)] : []),
        [name, functionResource(topology, spec, names)],
      ];
    }),
    ...functionSubscribers(topology).map(({ subscriber, target }): [string, TemplateResource] => [
      `${names.queue(subscriber.queue)}Mapping`,
      mappingResource(subscriber, target, names),
    ]),
  ];
}

/** The parameter with the key of a function's zip. */
export function codeKeyParameter(spec: Pick<FunctionSpec, 'name'>, names: LogicalNames): string {
  return `${names.function(spec.name)}CodeKey`;
}

/** The parameters that say where the code is; none without functions. */
export function codeParameters(
  { functions }: Topology,
  names: LogicalNames,
): { readonly Parameters?: Readonly<Record<string, Json>> } {
  if (functions.length === 0) return {};
  return {
    Parameters: {
      [CODE_BUCKET]: {
        Type: 'String',
        Description: 'The S3 bucket with the zips of the functions.',
      },
      ...Object.fromEntries(
        functions.map((spec) => [
          codeKeyParameter(spec, names),
          { Type: 'String', Description: `The key of the zip made of ${spec.code}` },
        ]),
      ),
    },
  };
}

function tableResource(
  topology: Topology,
  { name, itemKey, indexes, ttl, tags: own }: TableSpec,
): TemplateResource {
  const keys = [itemKey, ...Object.values(indexes)];
  const attributes = new Map(keys.flatMap(keyAttributes).map((each) => [each.name, each.type]));
  return {
    Type: 'AWS::DynamoDB::Table',
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [...attributes].map(([AttributeName, AttributeType]) => ({
        AttributeName,
        AttributeType,
      })),
      KeySchema: keySchema(itemKey),
      ...(Object.keys(indexes).length > 0 && {
        GlobalSecondaryIndexes: Object.entries(indexes).map(([IndexName, key]) => ({
          IndexName,
          KeySchema: keySchema(key),
          Projection: { ProjectionType: 'ALL' },
        })),
      }),
      ...(ttl !== undefined && {
        TimeToLiveSpecification: { AttributeName: ttl, Enabled: true },
      }),
      Tags: tagList(resourceTags(topology, { tags: own })),
    },
  };
}

function keyAttributes({ hash, range }: TableKey): KeyAttribute[] {
  return range ? [hash, range] : [hash];
}

function keySchema(key: TableKey): Json[] {
  return keyAttributes(key).map(({ name }, index) => ({
    AttributeName: name,
    KeyType: index === 0 ? 'HASH' : 'RANGE',
  }));
}

function roleResource(
  topology: Topology,
  spec: FunctionSpec,
  names: LogicalNames,
): [string, TemplateResource] {
  const trust = {
    Effect: 'Allow',
    Principal: { Service: 'lambda.amazonaws.com' },
    Action: 'sts:AssumeRole',
  };
  const logs = { 'Fn::GetAtt': [`${names.function(spec.name)}Logs`, 'Arn'] };
  return [
    `${names.function(spec.name)}Role`,
    {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [trust] },
        Policies: [
          {
            PolicyName: 'function',
            PolicyDocument: {
              Version: '2012-10-17',
              Statement: functionStatements<Json>(topology, spec, {
                queue: (queue) => ({ 'Fn::GetAtt': [names.queue(queue), 'Arn'] }),
                table: (table) => ({ 'Fn::GetAtt': [names.table(table), 'Arn'] }),
                index: (table) => ({ 'Fn::Sub': `\${${names.table(table)}.Arn}/index/*` }),
                logs: () => logs,
                key: templateKeyArn,
              }),
            },
          },
        ],
        Tags: tagList(resourceTags(topology, {})),
      },
    },
  ];
}

function functionResource(
  topology: Topology,
  spec: FunctionSpec,
  names: LogicalNames,
): TemplateResource {
  const name = names.function(spec.name);
  const { runtime, handler, timeout, memory, role, reservedConcurrency } = spec;
  const variables = functionEnvironment(topology, spec);
  return {
    Type: 'AWS::Lambda::Function',
    DependsOn: `${name}Logs`,
    Properties: {
      FunctionName: spec.name,
      Runtime: runtime,
      Handler: handler,
      Timeout: timeout,
      MemorySize: memory,
      Role: role ?? { 'Fn::GetAtt': [`${name}Role`, 'Arn'] },
      Code: { S3Bucket: { Ref: CODE_BUCKET }, S3Key: { Ref: codeKeyParameter(spec, names) } },
      ...(Object.keys(variables).length > 0 && { Environment: { Variables: variables } }),
      ...(reservedConcurrency !== undefined && {
        ReservedConcurrentExecutions: reservedConcurrency,
      }),
      Tags: tagList(resourceTags(topology, { tags: spec.tags })),
    },
  };
}

function mappingResource(
  { queue, handler }: FunctionSubscriber,
  target: FunctionSpec,
  names: LogicalNames,
): TemplateResource {
  const { batchSize, window, partialFailures, maximumConcurrency } = handler;
  return {
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: {
      EventSourceArn: { 'Fn::GetAtt': [names.queue(queue), 'Arn'] },
      FunctionName: { Ref: names.function(target.name) },
      BatchSize: batchSize,
      ...(window > 0 && { MaximumBatchingWindowInSeconds: window }),
      ...(partialFailures && { FunctionResponseTypes: ['ReportBatchItemFailures'] }),
      ...(maximumConcurrency !== undefined && {
        ScalingConfig: { MaximumConcurrency: maximumConcurrency },
      }),
    },
  };
}
