import { randomUUID } from 'node:crypto';
import { kept } from './kept.ts';
import { TAGS } from './tags.ts';
import { text } from './values.ts';

// Kept and shown: the engine keeps as many tasks as a service's desired count says.

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-applicationautoscaling-scalabletarget.html */
export const scalableTarget = kept({
  table: {
    properties: {
      MaxCapacity: 'integer',
      MinCapacity: 'integer',
      ResourceId: 'string',
      RoleARN: 'string',
      ScalableDimension: 'string',
      ScheduledActions: 'json',
      ServiceNamespace: 'string',
      SuspendedState: 'json',
      Tags: TAGS,
    },
    required: ['MaxCapacity', 'MinCapacity', 'ResourceId', 'ScalableDimension', 'ServiceNamespace'],
    replacing: ['ResourceId', 'ScalableDimension', 'ServiceNamespace'],
  },
  attributes: ['Id'],
  make(properties) {
    const names = ['ResourceId', 'ScalableDimension', 'ServiceNamespace'];
    const id = names.map((name) => text(properties, name)).join('|');
    return { physicalId: id, attributes: { Id: id } };
  },
});

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-applicationautoscaling-scalingpolicy.html */
export const scalingPolicy = kept({
  table: {
    properties: {
      PolicyName: 'string',
      PolicyType: 'string',
      PredictiveScalingPolicyConfiguration: 'json',
      ResourceId: 'string',
      ScalableDimension: 'string',
      ScalingTargetId: 'string',
      ServiceNamespace: 'string',
      StepScalingPolicyConfiguration: 'json',
      TargetTrackingScalingPolicyConfiguration: 'json',
    },
    required: ['PolicyName', 'PolicyType'],
    replacing: [
      'PolicyName',
      'ResourceId',
      'ScalableDimension',
      'ScalingTargetId',
      'ServiceNamespace',
    ],
  },
  attributes: ['Arn'],
  make(properties, { account, region }) {
    const name = text(properties, 'PolicyName') ?? '';
    const Arn = `arn:aws:autoscaling:${region}:${account}:scalingPolicy:${randomUUID()}:policyName/${name}`;
    return { physicalId: Arn, attributes: { Arn } };
  },
});
