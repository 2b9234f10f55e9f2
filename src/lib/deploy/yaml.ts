import { stringify } from 'lossless-json';
import { isCollection, parseDocument, visit } from 'yaml';

/**
 * A template as YAML, for people: CloudFormation reads it as it reads the JSON.
 * @param template plain data; numbers of filter policies keep their digits.
 */
export function templateYaml(template: Readonly<Record<string, unknown>>): string {
  // JSON is YAML in one line; as blocks it can be read and compared.
  const document = parseDocument(stringify(template) ?? '', {
    intAsBigInt: true,
    // Other readers take "no" and dates for what YAML 1.1 makes of them: such texts are quoted.
    version: '1.1',
  });
  visit(document, {
    Node: (_key, node) => {
      if (isCollection(node)) node.flow = false;
    },
    Scalar: (_key, node) => {
      if (typeof node.value === 'string') node.type = 'PLAIN';
    },
  });
  return document.toString({ lineWidth: 0, singleQuote: true });
}
