/**
 * Whether a value looks like an e-mail address or the number of a card: neither is ever kept, whatever the configuration lists.
 */
export function isSensitive(text: string): boolean {
  if (/[^\s@]@[^\s@]+\.[^\s@]/.test(text)) return true;
  const runs = text.match(/\d(?:[ -]?\d){11,18}/g) ?? [];
  return runs.some((run) => passesLuhn(run.replaceAll(/\D/g, "")));
}

/** The check digit that every card number carries (ISO/IEC 7812-1, annex B). */
function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let at = 0; at < digits.length; at += 1) {
    const digit = Number(digits[digits.length - 1 - at]);
    const doubled = digit * 2;
    sum += at % 2 === 0 ? digit : doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
