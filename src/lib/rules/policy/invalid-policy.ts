/**
 * A resource policy that AWS would refuse; `message` says what is wrong and where. SQS and SNS word their refusals
 * differently, so the caller adds its own.
 */
export class InvalidPolicy extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'InvalidPolicy';
  }
}
