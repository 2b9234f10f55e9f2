import { MAX_SUBSCRIBER_TASKS, SUBSCRIBER_TASK } from '../definition/styles.ts';
import type { SubscriberSpec, Topology } from '../definition/topology.ts';
import type { LogicalNames } from '../topology/export/logical-names.ts';
import { type TemplateResource, templateKeyArn } from '../topology/export/template.ts';
import { KEY_ACTIONS, keyStatements } from '../topology/iam/key-statements.ts';
import { serviceResources } from './ecs-service.ts';
import type { LocalMachine } from './style.ts';

type Resources = Readonly<Record<string, TemplateResource>>;

/** Messages that one task may have before it. */
const BACKLOG_PER_TASK = 100;

/**
 * A subscriber as a service that takes from its queue, with more tasks where more messages wait for each.
 * @see https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking-metric-math.html
 */
export function ecsSubscriberResources(
  topology: Topology,
  { name, queue, kmsKey }: SubscriberSpec,
  names: LogicalNames,
  local: LocalMachine | undefined,
): Resources {
  const queueId = names.queue(queue);
  const id = `${queueId}Consumer`;
  return {
    ...serviceResources(topology, {
      id,
      name,
      command: ['listen', name],
      ...SUBSCRIBER_TASK,
      statements: [
        {
          Sid: 'Consume',
          Effect: 'Allow',
          Action: [
            'sqs:ChangeMessageVisibility',
            'sqs:DeleteMessage',
            'sqs:GetQueueAttributes',
            'sqs:GetQueueUrl',
            'sqs:ReceiveMessage',
          ],
          Resource: [{ 'Fn::GetAtt': [queueId, 'Arn'] }],
        },
        ...keyStatements([kmsKey], KEY_ACTIONS.receive, templateKeyArn),
      ],
      securityGroup: 'TaskSecurityGroup',
      folder: local?.folder,
    }),
    [`${id}Scaling`]: {
      Type: 'AWS::ApplicationAutoScaling::ScalableTarget',
      Properties: {
        ServiceNamespace: 'ecs',
        ScalableDimension: 'ecs:service:DesiredCount',
        ResourceId: { 'Fn::Sub': `service/\${Cluster}/\${${id}Service.Name}` },
        MinCapacity: 1,
        MaxCapacity: MAX_SUBSCRIBER_TASKS,
      },
    },
    [`${id}ScalingPolicy`]: {
      Type: 'AWS::ApplicationAutoScaling::ScalingPolicy',
      Properties: {
        PolicyName: 'backlog-per-task',
        PolicyType: 'TargetTrackingScaling',
        ScalingTargetId: { Ref: `${id}Scaling` },
        TargetTrackingScalingPolicyConfiguration: {
          TargetValue: BACKLOG_PER_TASK,
          CustomizedMetricSpecification: { Metrics: backlogPerTask(queueId, id) },
        },
      },
    },
  };
}

function backlogPerTask(queueId: string, id: string): readonly object[] {
  const metric = (Namespace: string, MetricName: string, dimensions: object, Stat: string) => ({
    MetricStat: {
      Metric: {
        Namespace,
        MetricName,
        Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      },
      Stat,
    },
    ReturnData: false,
  });
  const queue = { QueueName: { 'Fn::GetAtt': [queueId, 'QueueName'] } };
  const service = {
    ClusterName: { Ref: 'Cluster' },
    ServiceName: { 'Fn::GetAtt': [`${id}Service`, 'Name'] },
  };
  return [
    {
      Id: 'backlog',
      Label: 'messages for each task',
      Expression: 'waiting / FILL(tasks, 1)',
      ReturnData: true,
    },
    { Id: 'waiting', ...metric('AWS/SQS', 'ApproximateNumberOfMessagesVisible', queue, 'Sum') },
    { Id: 'tasks', ...metric('ECS/ContainerInsights', 'RunningTaskCount', service, 'Average') },
  ];
}
