/** "E.164 is a standard for the phone number structure": up to 15 digits, the first not 0, with or without `+`. */
const E164 = /^\+?[1-9]\d{1,14}$/;

/** Whether a text is a phone number that SMS can go to. */
export function isPhoneNumber(text: string): boolean {
  return E164.test(text);
}
