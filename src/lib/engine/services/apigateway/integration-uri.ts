const FUNCTION = /^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:[\w$.{}-]+(?::[\w$.{}-]+)?$/;
const INVOCATIONS =
  /^arn:aws[a-z-]*:apigateway:[a-z0-9-]+:lambda:path\/2015-03-31\/functions\/(.+)\/invocations$/;

/**
 * The ARN of the function that an integration leads to, by itself or in API Gateway's words; undefined where it is none.
 *
 * @param variables of the stage, which stand in it as `${stageVariables.name}`.
 */
export function functionOfUri(
  uri: string,
  variables: Readonly<Record<string, string>>,
): string | undefined {
  const filled = uri.replaceAll(
    /\$\{stageVariables\.([A-Za-z0-9_]+)\}/g,
    (written, name: string) => variables[name] ?? written,
  );
  const [, inner = filled] = INVOCATIONS.exec(filled) ?? [];
  return FUNCTION.test(inner) ? inner : undefined;
}
