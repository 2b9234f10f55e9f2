import { type Topology, topologyTags } from '../definition/topology.ts';
import { type TemplateResource, tagList } from '../topology/export/template.ts';

/** How often events are looked for whose publishing failed, as EventBridge says it. */
const SCHEDULE = 'rate(1 minute)';
/** Logical id of the rule. */
const RULE = 'SweepRule';

/**
 * A schedule that invokes the function of the order API, which then publishes the events that wait: also those of a request
 * after which no other comes.
 * @param target logical id of the function.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-run-lambda-schedule.html
 */
export function sweepResources(
  topology: Topology,
  target: string,
): Readonly<Record<string, TemplateResource>> {
  return {
    [RULE]: {
      Type: 'AWS::Events::Rule',
      Properties: {
        Description: `Publishes the order events of ${topology.name} that wait.`,
        ScheduleExpression: SCHEDULE,
        Targets: [{ Id: 'orders', Arn: { 'Fn::GetAtt': [target, 'Arn'] } }],
        Tags: tagList(topologyTags(topology)),
      },
    },
    SweepPermission: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        Action: 'lambda:InvokeFunction',
        FunctionName: { Ref: target },
        Principal: 'events.amazonaws.com',
        SourceArn: { 'Fn::GetAtt': [RULE, 'Arn'] },
      },
    },
  };
}
