import { type Topology, topologyTags } from '../definition/topology.ts';
import { wantedAlarms } from '../topology/alarms/wanted.ts';
import { type TemplateResource, tagList } from '../topology/export/template.ts';

/** A CloudFormation name for each alarm: letters and digits, which the names of alarms tell apart too. */
function logicalId(name: string, prefix: string): string {
  const plain =
    prefix !== '' && name.startsWith(`${prefix}-`) ? name.slice(prefix.length + 1) : name;
  const words = plain.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  return `${words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')}Alarm`;
}

/**
 * The alarms that `pubsub alarms` makes, as resources of a template. They tell nobody until `AlarmActions` name a topic.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-alarm.html
 */
export function alarmResources(topology: Topology): (readonly [string, TemplateResource])[] {
  const Tags = tagList(topologyTags(topology));
  const taken = new Map<string, number>();
  return wantedAlarms(topology).map(({ name, settings }) => {
    const id = logicalId(name, topology.prefix);
    const count = (taken.get(id) ?? 0) + 1;
    taken.set(id, count);
    const Properties = { ...settings, Tags };
    return [count === 1 ? id : `${id}${count}`, { Type: 'AWS::CloudWatch::Alarm', Properties }];
  });
}
