/**
 * Resolves after the event loop has turned: events have been handled, and the page may have been drawn. A
 * message takes microseconds; `setTimeout` would wait for 4 ms after a few turns.
 */
export function nextTurn(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    // The types of Node lack `onmessage`, which also starts the port.
    Object.assign(port1, {
      onmessage() {
        port1.close();
        resolve();
      },
    });
    port2.postMessage(null);
  });
}
