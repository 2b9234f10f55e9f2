import { type Topology, topologyTags } from '../definition/topology.ts';
import type { TemplateResource } from '../topology/export/template.ts';

/** Logical id of the HTTP API, and what the ids of its parts begin with. */
const API = 'HttpApi';

/**
 * A HTTP API that hands every request to a function.
 * @param target logical id of the function.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function httpApiResources(
  topology: Topology,
  name: string,
  target: string,
): Readonly<Record<string, TemplateResource>> {
  const ApiId = { Ref: API };
  return {
    [API]: {
      Type: 'AWS::ApiGatewayV2::Api',
      Properties: { Name: name, ProtocolType: 'HTTP', Tags: topologyTags(topology) },
    },
    [`${API}Integration`]: {
      Type: 'AWS::ApiGatewayV2::Integration',
      Properties: {
        ApiId,
        IntegrationType: 'AWS_PROXY',
        IntegrationUri: { 'Fn::GetAtt': [target, 'Arn'] },
        PayloadFormatVersion: '2.0',
      },
    },
    [`${API}Route`]: {
      Type: 'AWS::ApiGatewayV2::Route',
      Properties: {
        ApiId,
        RouteKey: '$default',
        Target: { 'Fn::Sub': `integrations/\${${API}Integration}` },
      },
    },
    [`${API}Stage`]: {
      Type: 'AWS::ApiGatewayV2::Stage',
      Properties: { ApiId, StageName: '$default', AutoDeploy: true, Tags: topologyTags(topology) },
    },
    [`${API}Permission`]: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        Action: 'lambda:InvokeFunction',
        FunctionName: { Ref: target },
        Principal: 'apigateway.amazonaws.com',
        SourceArn: {
          'Fn::Sub': `arn:\${AWS::Partition}:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${${API}}/*`,
        },
      },
    },
  };
}

/** The output with the API's URL. */
export const API_OUTPUTS = { ApiUrl: { Value: { 'Fn::GetAtt': [API, 'ApiEndpoint'] } } };
