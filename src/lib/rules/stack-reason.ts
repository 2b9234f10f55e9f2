/**
 * Why something of a stack failed, without what CloudFormation puts around the words of a service: its handler, the
 * request's id, and a name of its own for the kind of failure.
 */
export function plainReason(reason: string): string {
  const handler = /^Resource handler returned message: "(?<said>.*)" \(RequestToken: .*\)$/s;
  const said = handler.exec(reason.trim())?.groups?.said ?? reason.trim();
  return said.replace(/ \(Service: \w+, Status Code: \d+, Request ID: [^)]*\)$/, '');
}
