import type {
  CreateListenerOutput,
  DescribeListenersOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { retagElb } from './elb-values.ts';
import type { ResourceType } from './resource-type.ts';
import { TAGS, tagList, tagsOf } from './tags.ts';
import { differs, refuseUnsupported, text, unless } from './values.ts';

const UNSUPPORTED = ['AlpnPolicy', 'ListenerAttributes', 'MutualAuthentication', 'SslPolicy'];
const SETTINGS = ['Certificates', 'DefaultActions', 'Port', 'Protocol'];

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-elasticloadbalancingv2-listener.html */
export const elbListener: ResourceType = {
  table: {
    properties: {
      AlpnPolicy: ['string'],
      Certificates: [{ CertificateArn: 'string' }],
      DefaultActions: [
        {
          AuthenticateCognitoConfig: 'json',
          AuthenticateOidcConfig: 'json',
          FixedResponseConfig: {
            ContentType: 'string',
            MessageBody: 'string',
            StatusCode: 'string',
          },
          ForwardConfig: {
            TargetGroupStickinessConfig: 'json',
            TargetGroups: [{ TargetGroupArn: 'string', Weight: 'integer' }],
          },
          JwtValidationConfig: 'json',
          Order: 'integer',
          RedirectConfig: 'json',
          TargetGroupArn: 'string',
          Type: 'string',
        },
      ],
      ListenerAttributes: 'json',
      LoadBalancerArn: 'string',
      MutualAuthentication: 'json',
      Port: 'integer',
      Protocol: 'string',
      SslPolicy: 'string',
      Tags: TAGS,
    },
    required: ['DefaultActions', 'LoadBalancerArn'],
    replacing: ['LoadBalancerArn'],
  },
  attributes: ['ListenerArn'],
  async create(properties, context) {
    refuseUnsupported(properties, UNSUPPORTED, 'listeners');
    const LoadBalancerArn = text(properties, 'LoadBalancerArn');
    const begun = context.resumed
      ? await context.call<DescribeListenersOutput>('elasticloadbalancing', 'DescribeListeners', {
          LoadBalancerArn,
        })
      : undefined;
    const { Listeners = [] } = begun?.Listeners?.[0]
      ? begun
      : await context.call<CreateListenerOutput>('elasticloadbalancing', 'CreateListener', {
          ...properties,
          Tags: tagList(tagsOf(properties, context.tags)),
        });
    const arn = Listeners[0]?.ListenerArn ?? '';
    return { physicalId: arn, attributes: { ListenerArn: arn } };
  },
  async update(properties, current, context) {
    refuseUnsupported(properties, UNSUPPORTED, 'listeners');
    if (differs(properties, current.properties, SETTINGS)) {
      const { LoadBalancerArn: _, Tags: __, ...settings } = properties;
      await context.call('elasticloadbalancing', 'ModifyListener', {
        ListenerArn: current.physicalId,
        ...settings,
      });
    }
    await retagElb(properties, current.properties, current.physicalId, context);
    return current;
  },
  async remove({ physicalId: ListenerArn }, context) {
    await unless(
      context.call('elasticloadbalancing', 'DeleteListener', { ListenerArn }),
      'ListenerNotFound',
    );
  },
};
