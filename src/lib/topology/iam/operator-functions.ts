import { logGroupOf } from '../../rules/functions.ts';
import { allow, type IamRequest, type IamStatement, resourceArn } from './statement.ts';

/** What looking at functions, tables and logs takes, and what making them takes besides. */
interface Actions {
  readonly looks: readonly string[];
  readonly makes: readonly string[];
}

/**
 * What commands do with functions, tables and logs: they look and invoke, and make them where setup does
 * ("Actions, resources, and condition keys" for AWS Lambda, Amazon DynamoDB, Amazon CloudWatch Logs).
 */
export function operatorOfFunctions(request: IamRequest): IamStatement[] {
  const { topology, place, makesFunctions } = request;
  const { functions, tables } = topology;
  const statement = (
    sid: string,
    { looks, makes }: Actions,
    resources: readonly string[],
  ): IamStatement[] => {
    const actions = [...looks, ...(makesFunctions ? makes : [])].sort();
    return actions.length === 0 || resources.length === 0 ? [] : [allow(sid, actions, resources)];
  };
  const groups = functions.map(({ name }) =>
    resourceArn(place, 'logs', `log-group:${logGroupOf(name)}`),
  );
  const ifAny = (resource: string): string[] => (functions.length === 0 ? [] : [resource]);
  return [
    ...statement(
      'Functions',
      FUNCTION_ACTIONS,
      functions.map(({ name }) => resourceArn(place, 'lambda', `function:${name}`)),
    ),
    ...statement(
      'Mappings',
      MAPPING_ACTIONS,
      ifAny(resourceArn(place, 'lambda', 'event-source-mapping:*')),
    ),
    ...statement(
      'Tables',
      TABLE_ACTIONS,
      tables.map(({ name }) => resourceArn(place, 'dynamodb', `table/${name}`)),
    ),
    ...statement(
      'ReadLogs',
      STREAM_ACTIONS,
      groups.map((group) => `${group}:*`),
    ),
    ...statement('LogGroups', GROUP_ACTIONS, groups),
    ...statement('FunctionLists', UNSCOPED_ACTIONS, ifAny('*')),
  ];
}

const FUNCTION_ACTIONS: Actions = {
  looks: ['lambda:GetFunction', 'lambda:InvokeFunction'],
  makes: [
    'lambda:CreateFunction',
    'lambda:DeleteFunction',
    'lambda:DeleteFunctionConcurrency',
    'lambda:PutFunctionConcurrency',
    'lambda:TagResource',
    'lambda:UntagResource',
    'lambda:UpdateFunctionCode',
    'lambda:UpdateFunctionConfiguration',
  ],
};

const MAPPING_ACTIONS: Actions = {
  looks: [],
  makes: ['lambda:DeleteEventSourceMapping', 'lambda:UpdateEventSourceMapping'],
};

const TABLE_ACTIONS: Actions = {
  looks: ['dynamodb:DescribeTable', 'dynamodb:GetItem', 'dynamodb:Scan'],
  makes: [
    'dynamodb:CreateTable',
    'dynamodb:DeleteTable',
    'dynamodb:DescribeTimeToLive',
    'dynamodb:ListTagsOfResource',
    'dynamodb:TagResource',
    'dynamodb:UntagResource',
    'dynamodb:UpdateTimeToLive',
  ],
};

/** AWS names a log group by its streams in these, and without them in the others. */
const STREAM_ACTIONS: Actions = {
  looks: ['logs:FilterLogEvents'],
  makes: ['logs:CreateLogGroup', 'logs:DeleteLogGroup', 'logs:PutRetentionPolicy'],
};

const GROUP_ACTIONS: Actions = {
  looks: [],
  makes: ['logs:ListTagsForResource', 'logs:TagResource', 'logs:UntagResource'],
};

/** AWS lets these be held to no resource. */
const UNSCOPED_ACTIONS: Actions = {
  looks: ['lambda:ListEventSourceMappings'],
  makes: ['lambda:CreateEventSourceMapping', 'logs:DescribeLogGroups'],
};
