/**
 * The memory of a browser. A page has SharedArrayBuffer only if it is cross-origin isolated. Nothing here
 * needs it: no native thread works on the memory. Other code of the page could then detach it, as it can
 * detach every ArrayBuffer.
 */
const Shared = typeof SharedArrayBuffer === "undefined" ? undefined : SharedArrayBuffer;

export const uncleared = (bytes: number): Uint8Array => new Uint8Array(bytes);

export const sharedMemory = (bytes: number): ArrayBufferLike => new (Shared ?? ArrayBuffer)(bytes);

export const isShared = (memory: ArrayBufferLike): boolean =>
  Shared !== undefined && memory instanceof Shared;

export const isLittleEndian = (): boolean => new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

/**
 * `navigator.deviceMemory` is the memory of the machine in GiB, rounded; engines that do not state it get the
 * 4 GiB that WebAssembly can address.
 */
export function mostBytes(): number {
  const { navigator = {} } = globalThis as { navigator?: { deviceMemory?: number } };
  const { deviceMemory = 4 } = navigator;
  return deviceMemory * 2 ** 30;
}

/** Only Chromium states it. Other engines get the limit of Chromium's 32-bit heaps, 1 GiB. */
export function heapLeft(): number {
  const { memory } = performance as { memory?: { jsHeapSizeLimit: number; usedJSHeapSize: number } };
  return memory === undefined ? 2 ** 30 : memory.jsHeapSizeLimit - memory.usedJSHeapSize;
}
