import { kept } from './kept.ts';

const MAX_NAME = 128;

/** What the CDK puts into each template that it makes; it stands for nothing on AWS either. */
export const cdkMetadata = kept({
  table: { properties: { Analytics: 'string' }, required: [], replacing: [] },
  attributes: [],
  make: (_properties, context) => ({
    physicalId: context.generatedName(MAX_NAME),
    attributes: {},
  }),
});

/**
 * The resource of templates that would have none otherwise: nothing here waits for its URL.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-waitconditionhandle.html
 */
export const waitConditionHandle = kept({
  table: { properties: {}, required: [], replacing: [] },
  attributes: [],
  make(_properties, context) {
    const { region, account } = context;
    const name = context.generatedName(MAX_NAME);
    const signal = encodeURIComponent(`arn:aws:cloudformation:${region}:${account}:stack/${name}`);
    return {
      physicalId: `https://cloudformation-waitcondition-${region}.s3.amazonaws.com/${signal}`,
      attributes: {},
    };
  },
});
