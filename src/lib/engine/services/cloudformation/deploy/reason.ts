import { randomUUID } from 'node:crypto';
import { ServiceError } from '../../../errors.ts';

const SERVICES: Readonly<Record<string, string>> = {
  ApiGatewayV2: 'AmazonApiGatewayV2',
  CloudWatch: 'CloudWatch',
  DynamoDB: 'DynamoDb',
  ECS: 'AmazonECS',
  ElasticLoadBalancingV2: 'ElasticLoadBalancingV2',
  KMS: 'Kms',
  Lambda: 'Lambda',
  Logs: 'CloudWatchLogs',
  SNS: 'Sns',
  SQS: 'Sqs',
};

/** Why a resource failed, as its event tells it. @param type of the resource. */
export function reasonOf(error: unknown, type: string): string {
  if (!(error instanceof ServiceError)) return 'Internal Failure';
  const { code, message, status } = error;
  if (code === 'ValidationError' || code === 'AlreadyExists') return message;
  const service = SERVICES[type.split('::')[1] ?? ''] ?? 'CloudFormation';
  return `Resource handler returned message: "${message} (Service: ${service}, Status Code: ${status}, Request ID: ${randomUUID()})" (RequestToken: ${randomUUID()}, HandlerErrorCode: ${handlerCode(error)})`;
}

function handlerCode({ code, status }: ServiceError): string {
  if (status === 403 || code.includes('AccessDenied')) return 'AccessDenied';
  if (status === 404 || code.includes('NotFound')) return 'NotFound';
  if (status >= 500) return 'ServiceInternalError';
  return status === 409 ? 'AlreadyExists' : 'InvalidRequest';
}
