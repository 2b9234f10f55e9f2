import { type CloudFormationState, isThere } from './state.ts';

/** The attribute that holds a secret's text: `Fn::GetAtt` doesn't know it. */
export const SECRET_TEXT = 'SecretText';

/** The text of a secret that a stack has. @param arn of it. @returns undefined where none has it. */
export function secretValue({ stacks }: CloudFormationState, arn: string): string | undefined {
  for (const { resources } of stacks.values()) {
    for (const resource of Object.values(resources)) {
      if (resource.physicalId === arn && isThere(resource)) return resource.attributes[SECRET_TEXT];
    }
  }
  return undefined;
}
