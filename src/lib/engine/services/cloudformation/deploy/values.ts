import { invalid } from '../errors.ts';
import { importedValue } from '../exports.ts';
import type { ResourceValues } from '../template/compile.ts';
import type { StackRun } from './stack-run.ts';

/** What is known of the resources that a stack has, at the time of a question. */
export function valuesOf(run: StackRun): ResourceValues {
  const resource = (logicalId: string) => {
    const found = run.stack.resources[logicalId];
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
    imported: (name) => importedValue(run.state, run.stack, name),
  };
}
