import { httpApi, httpApiStage } from './api-gateway.ts';
import { httpApiDeployment, httpApiIntegration, httpApiRoute } from './api-gateway-parts.ts';
import { scalableTarget, scalingPolicy } from './application-auto-scaling.ts';
import { cloudwatchAlarm } from './cloudwatch-alarm.ts';
import { dynamodbTable } from './dynamodb-table.ts';
import { EC2_TYPES } from './ec2.ts';
import { ecrRepository } from './ecr-repository.ts';
import { ecsCluster } from './ecs-cluster.ts';
import { ecsService } from './ecs-service.ts';
import { ecsTaskDefinition } from './ecs-task-definition.ts';
import { elbListener } from './elb-listener.ts';
import { elbLoadBalancer } from './elb-load-balancer.ts';
import { elbTargetGroup } from './elb-target-group.ts';
import { eventsRule } from './events-rule.ts';
import { iamManagedPolicy, iamPolicy, iamRole } from './iam.ts';
import {
  iamAccessKey,
  iamGroup,
  iamGroupPolicy,
  iamInstanceProfile,
  iamRolePolicy,
  iamUser,
  iamUserPolicy,
  iamUserToGroupAddition,
} from './iam-identities.ts';
import { kmsAlias, kmsKey } from './kms.ts';
import { lambdaFunction } from './lambda-function.ts';
import { lambdaMapping } from './lambda-mapping.ts';
import { lambdaPermission } from './lambda-permission.ts';
import { lambdaAlias, lambdaEventInvokeConfig, lambdaVersion } from './lambda-versions.ts';
import { logGroup } from './log-group.ts';
import { cdkMetadata, waitConditionHandle } from './placeholders.ts';
import {
  snsTopicInlinePolicy,
  snsTopicPolicy,
  sqsQueueInlinePolicy,
  sqsQueuePolicy,
} from './resource-policies.ts';
import type { ResourceType } from './resource-type.ts';
import { secret } from './secrets-manager-secret.ts';
import { snsSubscription } from './sns-subscription.ts';
import { snsTopic } from './sns-topic.ts';
import { sqsQueue } from './sqs-queue.ts';
import { ssmParameter } from './ssm-parameter.ts';

/** The resource types that the engine makes. */
export const RESOURCE_TYPES: Readonly<Record<string, ResourceType>> = {
  'AWS::ApplicationAutoScaling::ScalableTarget': scalableTarget,
  'AWS::ApplicationAutoScaling::ScalingPolicy': scalingPolicy,
  'AWS::ApiGatewayV2::Api': httpApi,
  'AWS::ApiGatewayV2::Deployment': httpApiDeployment,
  'AWS::ApiGatewayV2::Integration': httpApiIntegration,
  'AWS::ApiGatewayV2::Route': httpApiRoute,
  'AWS::ApiGatewayV2::Stage': httpApiStage,
  'AWS::CDK::Metadata': cdkMetadata,
  'AWS::CloudFormation::WaitConditionHandle': waitConditionHandle,
  'AWS::CloudWatch::Alarm': cloudwatchAlarm,
  'AWS::DynamoDB::Table': dynamodbTable,
  ...EC2_TYPES,
  'AWS::ECR::Repository': ecrRepository,
  'AWS::ECS::Cluster': ecsCluster,
  'AWS::ECS::Service': ecsService,
  'AWS::ECS::TaskDefinition': ecsTaskDefinition,
  'AWS::ElasticLoadBalancingV2::Listener': elbListener,
  'AWS::ElasticLoadBalancingV2::LoadBalancer': elbLoadBalancer,
  'AWS::ElasticLoadBalancingV2::TargetGroup': elbTargetGroup,
  'AWS::Events::Rule': eventsRule,
  'AWS::IAM::AccessKey': iamAccessKey,
  'AWS::IAM::Group': iamGroup,
  'AWS::IAM::GroupPolicy': iamGroupPolicy,
  'AWS::IAM::InstanceProfile': iamInstanceProfile,
  'AWS::IAM::ManagedPolicy': iamManagedPolicy,
  'AWS::IAM::Policy': iamPolicy,
  'AWS::IAM::Role': iamRole,
  'AWS::IAM::RolePolicy': iamRolePolicy,
  'AWS::IAM::User': iamUser,
  'AWS::IAM::UserPolicy': iamUserPolicy,
  'AWS::IAM::UserToGroupAddition': iamUserToGroupAddition,
  'AWS::KMS::Alias': kmsAlias,
  'AWS::KMS::Key': kmsKey,
  'AWS::Lambda::Alias': lambdaAlias,
  'AWS::Lambda::EventInvokeConfig': lambdaEventInvokeConfig,
  'AWS::Lambda::EventSourceMapping': lambdaMapping,
  'AWS::Lambda::Function': lambdaFunction,
  'AWS::Lambda::Permission': lambdaPermission,
  'AWS::Lambda::Version': lambdaVersion,
  'AWS::Logs::LogGroup': logGroup,
  'AWS::SecretsManager::Secret': secret,
  'AWS::SNS::Subscription': snsSubscription,
  'AWS::SNS::Topic': snsTopic,
  'AWS::SNS::TopicInlinePolicy': snsTopicInlinePolicy,
  'AWS::SNS::TopicPolicy': snsTopicPolicy,
  'AWS::SQS::Queue': sqsQueue,
  'AWS::SQS::QueueInlinePolicy': sqsQueueInlinePolicy,
  'AWS::SQS::QueuePolicy': sqsQueuePolicy,
  'AWS::SSM::Parameter': ssmParameter,
};

/** A type that templates were checked for. @throws Error where there is none. */
export function resourceType(name: string): ResourceType {
  const type = Object.hasOwn(RESOURCE_TYPES, name) ? RESOURCE_TYPES[name] : undefined;
  if (type === undefined) throw new Error(`there is no resource type ${name}`);
  return type;
}
