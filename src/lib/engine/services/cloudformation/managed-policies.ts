const LOGS = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'];
const OF_QUEUES = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];

/** What the policies of AWS allow on everything, as far as the engine looks at it. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  AdministratorAccess: ['*'],
  AmazonDynamoDBFullAccess: ['dynamodb:*'],
  AmazonDynamoDBFullAccess_v2: ['dynamodb:*'],
  AmazonECSTaskExecutionRolePolicy: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  AmazonSNSFullAccess: ['sns:*'],
  AmazonSNSReadOnlyAccess: ['sns:CheckIfPhoneNumberIsOptedOut', 'sns:Get*', 'sns:List*'],
  AmazonSQSFullAccess: ['sqs:*'],
  AmazonSQSReadOnlyAccess: ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl', 'sqs:List*'],
  AWSLambdaBasicExecutionRole: LOGS,
  AWSLambdaRole: ['lambda:InvokeFunction'],
  AWSLambdaSQSQueueExecutionRole: [...OF_QUEUES, ...LOGS],
  AWSLambdaVPCAccessExecutionRole: LOGS,
  AWSXRayDaemonWriteAccess: ['xray:*'],
  CloudWatchLogsFullAccess: ['logs:*'],
};

/**
 * One of AWS's own policies; undefined for one that the engine doesn't know.
 *
 * @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/about-managed-policy-reference.html
 */
export function managedPolicy(arn: string): object | undefined {
  const [, name = ''] = /^arn:[\w-]+:iam::aws:policy\/(?:.*\/)?([^/]+)$/.exec(arn) ?? [];
  const Action = Object.hasOwn(ALLOWED, name) ? ALLOWED[name] : undefined;
  if (Action === undefined) return undefined;
  return { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] };
}
