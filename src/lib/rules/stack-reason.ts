/** What CloudFormation says where somebody asked for what happens, which is no reason. */
const ASKED_FOR = 'User Initiated';

/**
 * Why something of a stack failed, without what CloudFormation puts around the words of a service: its handler, the
 * request's id, and a name of its own for the kind of failure. Empty where it says none.
 */
export function plainReason(reason: string): string {
  if (reason.trim() === ASKED_FOR) return '';
  const handler = /^Resource handler returned message: "(?<said>.*)" \(RequestToken: .*\)$/s;
  const said = handler.exec(reason.trim())?.groups?.said ?? reason.trim();
  return said.replace(/ \(Service: \w+, Status Code: \d+, Request ID: [^)]*\)$/, '');
}
