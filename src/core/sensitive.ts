/** What must not be stored by accident, whatever a configuration lists or a page sends. */
export type Sensitive = "email" | "card";

/** One character before the @ is enough, and keeps the search linear. */
const email = /[^\s@"'<>()[\],;:]@[^\s@"'<>()[\],;:]+\.\p{L}{2,}/u;
/** Thirteen to nineteen digits, in groups or not, as payment cards begin (ISO/IEC 7812: 2 to 6). */
const cardNumbers = /(?<![\d.])[2-6](?:[ -]?\d){12,18}(?![\d.])/g;

/**
 * Looks for an e-mail address or a payment card's number in a value, `%40` for `@` and full-width characters included.
 *
 * @returns `null` when nothing was recognised.
 */
export function sensitiveIn(value: string | number): Sensitive | null {
  const text = String(value).normalize("NFKC").replaceAll("%40", "@");
  if (email.test(text)) return "email";
  const numbers = text.match(cardNumbers) ?? [];
  return numbers.some((number) => isLuhn(number.replaceAll(/\D/g, ""))) ? "card" : null;
}

/** Luhn's check digit (ISO/IEC 7812-1, annex B). */
function isLuhn(digits: string): boolean {
  let sum = 0;
  for (let place = 0; place < digits.length; place++) {
    const digit = Number(digits[digits.length - 1 - place]);
    const doubled = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
    sum += place % 2 === 0 ? digit : doubled;
  }
  return sum % 10 === 0;
}
