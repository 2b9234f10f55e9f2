import { type IamPlace, resourceArn } from '../topology/iam/statement.ts';

/** A resource of a template, as far as its ARN is known before it is there. */
interface NamedResource {
  readonly stack: string;
  /** Its logical id. */
  readonly id: string;
  /** Undefined where CloudFormation makes one. */
  readonly name: string | undefined;
}

/** What making, changing and deleting a type of resource takes. */
interface TypePermissions {
  readonly actions: readonly string[];
  /** Those that AWS lets be held to no resource, or whose resources have no names before. */
  readonly unscoped?: readonly string[];
  /** The property with its name. */
  readonly name?: string;
  /** ARNs of what the actions are on; all where undefined. */
  arn?(place: IamPlace, resource: NamedResource): readonly string[];
}

const of = (service: string, actions: string): string[] =>
  actions.split(' ').map((action) => `${service}:${action}`);

/** By the name, or by what generated names begin with. */
const named =
  (service: string, kind = '') =>
  (place: IamPlace, { name, stack }: NamedResource): string[] => [
    resourceArn(place, service, `${kind}${name ?? generated(stack)}`),
  ];

/** Characters of a stack's name that generated names surely begin with: CloudFormation cuts it where a type has 63 or 64. */
const PREFIX_LENGTH = 24;

/** What the names begin with that CloudFormation makes for the resources of a stack. */
function generated(stack: string): string {
  return `${stack.slice(0, PREFIX_LENGTH)}*`;
}

/** By type of resource; a test holds that each type that deployments have is here. */
export const TYPE_PERMISSIONS: Readonly<Record<string, TypePermissions>> = {
  'AWS::SNS::Topic': {
    name: 'TopicName',
    arn: named('sns'),
    actions: of(
      'sns',
      'CreateTopic DeleteTopic GetTopicAttributes ListTagsForResource SetTopicAttributes Subscribe TagResource UntagResource',
    ),
    unscoped: of('sns', 'GetSubscriptionAttributes SetSubscriptionAttributes Unsubscribe'),
  },
  'AWS::SQS::Queue': {
    name: 'QueueName',
    arn: named('sqs'),
    actions: of(
      'sqs',
      'CreateQueue DeleteQueue GetQueueAttributes GetQueueUrl ListQueueTags SetQueueAttributes TagQueue UntagQueue',
    ),
  },
  'AWS::DynamoDB::Table': {
    name: 'TableName',
    arn: named('dynamodb', 'table/'),
    actions: of(
      'dynamodb',
      'CreateTable DeleteTable Describe* ListTagsOfResource Scan TagResource UntagResource UpdateTable UpdateTimeToLive',
    ),
  },
  'AWS::Lambda::Function': {
    name: 'FunctionName',
    arn: named('lambda', 'function:'),
    actions: of(
      'lambda',
      'AddPermission CreateFunction DeleteFunction GetFunction GetPolicy ListTags PutFunctionConcurrency RemovePermission TagResource UntagResource UpdateFunctionCode UpdateFunctionConfiguration',
    ),
  },
  'AWS::Lambda::EventSourceMapping': {
    actions: [],
    unscoped: of(
      'lambda',
      'CreateEventSourceMapping DeleteEventSourceMapping GetEventSourceMapping UpdateEventSourceMapping',
    ),
  },
  'AWS::IAM::Role': {
    arn: ({ partition, account }, { stack }) => [
      `arn:${partition}:iam::${account}:role/${generated(stack)}`,
    ],
    actions: of(
      'iam',
      'AttachRolePolicy CreateRole DeleteRole DeleteRolePolicy DetachRolePolicy GetRole GetRolePolicy PassRole PutRolePolicy TagRole UntagRole UpdateAssumeRolePolicy',
    ),
  },
  'AWS::Logs::LogGroup': {
    name: 'LogGroupName',
    // Actions on tags take the ARN without ":*", all others that with it (`LogGroup`, CloudWatch Logs API Reference).
    arn: (place, { name, stack }) => {
      const group = resourceArn(place, 'logs', `log-group:${name ?? `/pubsub/${stack}/*`}`);
      return name === undefined ? [group] : [group, `${group}:*`];
    },
    actions: of(
      'logs',
      'CreateLogGroup DeleteLogGroup ListTagsForResource PutRetentionPolicy TagResource UntagResource',
    ),
    unscoped: of('logs', 'DescribeLogGroups'),
  },
  'AWS::CloudWatch::Alarm': {
    name: 'AlarmName',
    arn: named('cloudwatch', 'alarm:'),
    actions: of('cloudwatch', 'DeleteAlarms ListTagsForResource PutMetricAlarm TagResource'),
    unscoped: of('cloudwatch', 'DescribeAlarms'),
  },
  'AWS::Events::Rule': {
    arn: (place, { stack }) => [resourceArn(place, 'events', `rule/${generated(stack)}`)],
    actions: of(
      'events',
      'DeleteRule DescribeRule ListTargetsByRule PutRule PutTargets RemoveTargets TagResource',
    ),
  },
  'AWS::ApiGatewayV2::Api': {
    arn: ({ partition, region }) => [`arn:${partition}:apigateway:${region}::/*`],
    actions: of('apigateway', 'DELETE GET PATCH POST PUT TagResource'),
  },
  'AWS::S3::Bucket': {
    arn: ({ partition }, { stack }) => {
      const bucket = `arn:${partition}:s3:::${generated(stack.toLowerCase())}`;
      return [bucket, `${bucket}/*`];
    },
    actions: of(
      's3',
      'CreateBucket DeleteBucket DeleteBucketPolicy DeleteObject GetBucketPolicy GetObject GetObjectTagging ListBucket PutBucketOwnershipControls PutBucketPolicy PutBucketPublicAccessBlock PutBucketTagging PutEncryptionConfiguration PutLifecycleConfiguration PutObject PutObjectTagging',
    ),
  },
  'AWS::ECR::Repository': {
    name: 'RepositoryName',
    arn: named('ecr', 'repository/'),
    actions: of(
      'ecr',
      'BatchCheckLayerAvailability BatchGetImage CompleteLayerUpload CreateRepository DeleteRepository DescribeRepositories GetDownloadUrlForLayer GetLifecyclePolicy InitiateLayerUpload ListTagsForResource PutImage PutImageScanningConfiguration PutImageTagMutability PutLifecyclePolicy TagResource UploadLayerPart',
    ),
    unscoped: of('ecr', 'GetAuthorizationToken'),
  },
  'AWS::SecretsManager::Secret': {
    arn: (place, { id }) => [resourceArn(place, 'secretsmanager', `secret:${id}-*`)],
    actions: of(
      'secretsmanager',
      'CreateSecret DeleteSecret DescribeSecret PutSecretValue TagResource UpdateSecret',
    ),
    unscoped: of('secretsmanager', 'GetRandomPassword'),
  },
  'AWS::EC2::SecurityGroup': {
    actions: [],
    unscoped: of(
      'ec2',
      'AuthorizeSecurityGroupEgress AuthorizeSecurityGroupIngress CreateSecurityGroup CreateTags DeleteSecurityGroup Describe* RevokeSecurityGroupEgress RevokeSecurityGroupIngress',
    ),
  },
  'AWS::RDS::DBInstance': {
    actions: [],
    // The snapshot is what a deletion leaves: `DeleteDBInstance` makes it with the caller's rights.
    unscoped: [
      ...of(
        'rds',
        'AddTagsToResource CreateDBInstance CreateDBSnapshot CreateDBSubnetGroup DeleteDBInstance DeleteDBSubnetGroup Describe* ListTagsForResource ModifyDBInstance ModifyDBSubnetGroup',
      ),
      ...of('secretsmanager', 'CreateSecret TagResource'),
      ...of('kms', 'CreateGrant DescribeKey'),
    ],
  },
  'AWS::ECS::Cluster': {
    arn: (place, { stack }) => [
      resourceArn(place, 'ecs', `cluster/${generated(stack)}`),
      resourceArn(place, 'ecs', `service/${generated(stack)}`),
      resourceArn(place, 'ecs', `task-definition/${generated(stack)}`),
    ],
    actions: of(
      'ecs',
      'CreateCluster CreateService DeleteCluster DeleteService Describe* ListTagsForResource RegisterTaskDefinition TagResource UpdateCluster UpdateService',
    ),
    unscoped: [
      ...of('ecs', 'DeregisterTaskDefinition DescribeTaskDefinition'),
      'iam:CreateServiceLinkedRole',
    ],
  },
  'AWS::ElasticLoadBalancingV2::LoadBalancer': {
    actions: [],
    unscoped: of(
      'elasticloadbalancing',
      'AddTags CreateListener CreateLoadBalancer CreateTargetGroup DeleteListener DeleteLoadBalancer DeleteTargetGroup Describe* ModifyListener ModifyLoadBalancerAttributes ModifyTargetGroup ModifyTargetGroupAttributes',
    ),
  },
  'AWS::ApplicationAutoScaling::ScalableTarget': {
    actions: [],
    unscoped: of(
      'application-autoscaling',
      'DeleteScalingPolicy DeregisterScalableTarget Describe* PutScalingPolicy RegisterScalableTarget',
    ),
  },
};

/** Types that the permissions of another type cover: they are parts of it. */
export const COVERED_TYPES: readonly string[] = [
  'AWS::SNS::Subscription',
  'AWS::RDS::DBSubnetGroup',
  'AWS::SQS::QueuePolicy',
  'AWS::Lambda::Permission',
  'AWS::ApiGatewayV2::Integration',
  'AWS::ApiGatewayV2::Route',
  'AWS::ApiGatewayV2::Stage',
  'AWS::S3::BucketPolicy',
  'AWS::ECS::TaskDefinition',
  'AWS::ECS::Service',
  'AWS::ElasticLoadBalancingV2::TargetGroup',
  'AWS::ElasticLoadBalancingV2::Listener',
  'AWS::ApplicationAutoScaling::ScalingPolicy',
];
