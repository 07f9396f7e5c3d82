/** Orders of this much and more are posted free. */
export const freeDeliveryPence = 4000;

const deliveryPence = 350;

/** An amount as readers see it: `£9.99`. */
export function pounds(pence: number): string {
  return `£${(pence / 100).toFixed(2)}`;
}

/** What posting a basket costs; an empty one costs nothing. */
export function deliveryOf(subtotalPence: number): number {
  return subtotalPence === 0 || subtotalPence >= freeDeliveryPence ? 0 : deliveryPence;
}
