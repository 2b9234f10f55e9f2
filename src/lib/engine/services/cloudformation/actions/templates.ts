import type {
  GetTemplateInput,
  GetTemplateOutput,
  GetTemplateSummaryInput,
  GetTemplateSummaryOutput,
  ValidateTemplateInput,
  ValidateTemplateOutput,
} from '@aws-sdk/client-cloudformation';
import { capabilitiesReason, neededCapability } from '../capabilities.ts';
import type { CloudFormationContext } from '../context.ts';
import { invalid } from '../errors.ts';
import { templateOf } from '../input.ts';
import { changeSetFor, stackFor } from '../lookup.ts';
import { readTemplateText } from '../template/compile.ts';
import type { ParameterDeclaration, Template } from '../template/template.ts';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ValidateTemplate.html */
export async function validateTemplate(
  input: ValidateTemplateInput,
): Promise<ValidateTemplateOutput> {
  const { template } = await readTemplateText(templateOf(input));
  return {
    Parameters: Object.entries(template.parameters).map(declarationView),
    ...told(template),
  };
}

/** What both summaries tell of a parameter. */
function declarationView([key, declared]: readonly [string, ParameterDeclaration]) {
  const { defaultValue, description, noEcho } = declared;
  return {
    ParameterKey: key,
    ...(defaultValue === undefined ? {} : { DefaultValue: defaultValue }),
    NoEcho: noEcho,
    ...(description === undefined ? {} : { Description: description }),
  };
}

/** What both summaries tell of a template. */
function told(template: Template): Omit<ValidateTemplateOutput, 'Parameters'> {
  const { description, transforms } = template;
  const capability = neededCapability(template) as 'CAPABILITY_IAM' | '';
  return {
    ...(description === undefined ? {} : { Description: description }),
    Capabilities: capability === '' ? [] : [capability],
    ...(capability === '' ? {} : { CapabilitiesReason: capabilitiesReason(template) }),
    DeclaredTransforms: [...transforms],
  };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_GetTemplate.html */
export async function getTemplate(
  { StackName, ChangeSetName, TemplateStage = 'Original' }: GetTemplateInput,
  ctx: CloudFormationContext,
): Promise<GetTemplateOutput> {
  if (StackName === undefined && ChangeSetName === undefined) {
    throw invalid('Either StackName or ChangeSetName must be specified.');
  }
  const { input } =
    ChangeSetName === undefined
      ? stackFor(ctx, StackName)
      : changeSetFor(ctx, ChangeSetName, StackName);
  if (TemplateStage === 'Original') {
    return { TemplateBody: input.template, StagesAvailable: ['Original', 'Processed'] };
  }
  const { processed, template } = await readTemplateText(input.template);
  const isSame = template.transforms.length === 0;
  const { Transform: _, ...made } = processed;
  return {
    TemplateBody: isSame ? input.template : JSON.stringify(made),
    StagesAvailable: ['Original', 'Processed'],
  };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_GetTemplateSummary.html */
export async function getTemplateSummary(
  input: GetTemplateSummaryInput,
  ctx: CloudFormationContext,
): Promise<GetTemplateSummaryOutput> {
  if (input.StackSetName !== undefined) {
    throw invalid('The local engine does not support stack sets.');
  }
  const text =
    input.StackName === undefined
      ? templateOf(input)
      : stackFor(ctx, input.StackName).input.template;
  const { template } = await readTemplateText(text);
  const types = Object.values(template.resources).map(({ type }) => type);
  return {
    Parameters: Object.entries(template.parameters).map(([key, declared]) => ({
      ...declarationView([key, declared]),
      ParameterType: declared.type,
      ParameterConstraints:
        declared.allowedValues === undefined ? {} : { AllowedValues: [...declared.allowedValues] },
    })),
    ...told(template),
    ResourceTypes: [...new Set(types)],
    Version: '2010-09-09',
    ...(template.metadata === undefined ? {} : { Metadata: JSON.stringify(template.metadata) }),
  };
}
