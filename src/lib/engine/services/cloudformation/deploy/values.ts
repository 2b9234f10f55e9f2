import { invalid } from '../errors.ts';
import { importedValue } from '../exports.ts';
import type { CloudFormationState, Stack } from '../state.ts';
import type { ResourceValues } from '../template/compile.ts';

/** What is known of the resources that a stack has. @param stack as it is at the time of a question. */
export function valuesOf(state: CloudFormationState, stack: () => Stack): ResourceValues {
  const resource = (logicalId: string) => {
    const found = stack().resources[logicalId];
    if (found === undefined || found.physicalId === '') {
      throw invalid(`Unresolved resource dependencies [${logicalId}]`);
    }
    return found;
  };
  return {
    ref: (logicalId) => resource(logicalId).physicalId,
    attribute(logicalId, attribute) {
      const { attributes, type } = resource(logicalId);
      const value = Object.hasOwn(attributes, attribute) ? attributes[attribute] : undefined;
      if (value !== undefined) return value;
      throw invalid(
        `Template error: resource ${logicalId} of type ${type} does not support attribute type ${attribute} in Fn::GetAtt`,
      );
    },
    imported: (name) => importedValue(state, stack(), name),
  };
}
