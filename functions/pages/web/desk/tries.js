// @ts-check
// How often a piece of work that waits was tried, as a key of words and a count.

/**
 * A booking counts all calls for a leg that came to nothing, its hold and its confirmation among them, and none of its payment's.
 * An order counts how often it repeated an undo, and how often it tried anything else.
 * @param {any} work what is left, as the desk tells it
 */
export function triesOf(work) {
  const { attempts = 0, handed_over: handedOver, step, action } = work;
  if (!step) return attempts > 0 ? { key: 'waiting.calls', count: attempts } : null;
  const count = action === 'capture_payment' ? attempts : attempts + 1;
  return handedOver || attempts > 0 ? { key: 'waiting.tries', count } : null;
}
