type Json = Readonly<Record<string, unknown>>;

/** A resource of a CloudFormation template. */
export interface TemplateResource {
  readonly Type: string;
  readonly DependsOn?: string | readonly string[];
  /** The condition under which it is made; always, unless said. */
  readonly Condition?: string;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly Properties: Json;
}

/** A CloudFormation template as plain data. */
export interface CloudFormationTemplate {
  readonly AWSTemplateFormatVersion: string;
  readonly Description: string;
  readonly Parameters?: Readonly<Record<string, Json>>;
  readonly Conditions?: Readonly<Record<string, Json>>;
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Outputs: Readonly<Record<string, Json>>;
}

/** Tags as most types of resources take them. */
export function tagList(tags: Readonly<Record<string, string>>): readonly Json[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/** A KMS key of the stack's account. @param resource `key/…` */
export function templateKeyArn(resource: string): Json {
  return { 'Fn::Sub': `arn:\${AWS::Partition}:kms:\${AWS::Region}:\${AWS::AccountId}:${resource}` };
}
