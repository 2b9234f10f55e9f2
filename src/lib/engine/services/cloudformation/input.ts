import type {
  CreateChangeSetInput,
  CreateStackInput,
  Parameter,
  Tag,
  UpdateStackInput,
} from '@aws-sdk/client-cloudformation';
import type { CloudFormationContext } from './context.ts';
import { invalid } from './errors.ts';
import { storedParameter } from './parameter-store.ts';
import type { Stack, StackInput } from './state.ts';
import { readTemplateText } from './template/compile.ts';
import type { GivenParameter } from './template/parameters.ts';

/** "The maximum number of tags that you can specify is 50". */
const MAX_TAGS = 50;

type Given = Partial<CreateStackInput & UpdateStackInput & CreateChangeSetInput>;

/**
 * The template that a caller gives.
 *
 * @param previous the one that the stack has, where the caller may ask for it.
 * @throws ServiceError `ValidationError`
 */
export function templateOf(
  { TemplateBody, TemplateURL, UsePreviousTemplate }: Given,
  previous?: string,
): string {
  if (TemplateURL !== undefined) {
    throw invalid(
      'The local engine has no S3: give the template as TemplateBody, not as TemplateURL.',
    );
  }
  if (UsePreviousTemplate === true && TemplateBody !== undefined) {
    throw invalid('TemplateBody and UsePreviousTemplate cannot be given together.');
  }
  const text = UsePreviousTemplate === true ? previous : TemplateBody;
  if (text !== undefined && text !== '') return text;
  throw invalid('Either Template URL or Template Body must be specified.');
}

/**
 * What a caller asks a stack to be.
 *
 * @param before the stack that is to change; undefined for a new one.
 * @throws ServiceError `ValidationError`
 */
export async function stackInput(
  ctx: CloudFormationContext,
  given: Given,
  before: Stack | undefined,
): Promise<StackInput> {
  refuseUnsupported(given);
  const then = before?.input;
  const template = templateOf(given, then?.template);
  const parameters = await parametersOf(given.Parameters ?? [], then);
  return {
    template,
    parameters: await withStoredValues(ctx, template, parameters),
    tags: given.Tags === undefined ? (then?.tags ?? {}) : tagsOf(given.Tags),
    capabilities: given.Capabilities ?? [],
    notificationArns: given.NotificationARNs ?? then?.notificationArns ?? [],
    roleArn: given.RoleARN ?? then?.roleArn ?? '',
  };
}

async function parametersOf(
  given: readonly Parameter[],
  before: StackInput | undefined,
): Promise<GivenParameter[]> {
  const parameters: GivenParameter[] = [];
  for (const { ParameterKey: key = '', ParameterValue, UsePreviousValue } of given) {
    const isPrevious = UsePreviousValue === true;
    const value = isPrevious ? await previousValue(before, key) : ParameterValue;
    if (value === undefined) {
      throw invalid(
        isPrevious
          ? `Invalid input for parameter key ${key}. Cannot specify usePreviousValue as true for a parameter key not in the previous template`
          : `Parameters: [${key}] must have values`,
      );
    }
    parameters.push({ key, value });
  }
  return parameters;
}

/** The parameters that name some of Systems Manager, with what those hold now. */
async function withStoredValues(
  ctx: CloudFormationContext,
  text: string,
  given: readonly GivenParameter[],
): Promise<GivenParameter[]> {
  const { template } = await readTemplateText(text);
  const stored = Object.entries(template.parameters).flatMap(([key, declared]) => {
    const value = given.find((each) => each.key === key)?.value ?? declared.defaultValue;
    return declared.isStored && value !== undefined ? [{ key, value }] : [];
  });
  const resolved = stored.map(({ key, value }) => {
    const found = storedParameter(ctx.state, ctx, value);
    return { key, value, ...(found === undefined ? {} : { resolved: found }) };
  });
  const missing = resolved.filter(({ resolved }) => resolved === undefined);
  if (missing.length > 0) {
    const names = missing.map(({ value }) => value).join(', ');
    throw invalid(
      `Unable to fetch parameters [${names}] from parameter store for this account. The local engine has those that its stacks make as AWS::SSM::Parameter.`,
    );
  }
  return [...given.filter(({ key }) => !stored.some((each) => each.key === key)), ...resolved];
}

/** The value that a stack has, or the default that its template had. */
async function previousValue(
  before: StackInput | undefined,
  key: string,
): Promise<string | undefined> {
  if (before === undefined) return undefined;
  const given = before.parameters.find((each) => each.key === key);
  if (given !== undefined) return given.value;
  const { template } = await readTemplateText(before.template);
  return template.parameters[key]?.defaultValue;
}

function tagsOf(tags: readonly Tag[]): Record<string, string> {
  if (tags.length > MAX_TAGS) throw invalid(`A stack can have ${MAX_TAGS} tags at most.`);
  const reserved = tags.find(({ Key = '' }) => /^aws:/i.test(Key));
  if (reserved !== undefined) {
    throw invalid(`Tag key ${reserved.Key} is reserved: keys cannot begin with aws:.`);
  }
  return Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]));
}

/** What would change a deployment on AWS, and doesn't here. */
function refuseUnsupported(given: Given): void {
  const { StackPolicyBody, StackPolicyURL, RollbackConfiguration, ResourceTypes } = given;
  const found = Object.entries({
    StackPolicyBody,
    StackPolicyURL,
    ResourceTypes,
    RollbackTriggers: RollbackConfiguration?.RollbackTriggers?.length || undefined,
    ImportExistingResources: given.ImportExistingResources || undefined,
  }).find(([, value]) => value !== undefined);
  if (found === undefined) return;
  throw invalid(`The local engine does not support ${found[0]}.`);
}
