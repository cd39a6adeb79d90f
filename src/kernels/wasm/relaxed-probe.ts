/** A module whose only function is a relaxed multiply-add. */
export const relaxedProbe = Uint8Array.from([
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0], // "\0asm", version 1
  ...[1, 5, 1, 0x60, 0, 1, 0x7b], // a type: nothing -> v128
  ...[3, 2, 1, 0], // a function of this type
  ...[10, 19, 1, 17, 0], // its code
  ...[0x41, 0, 0xfd, 0x0f, 0x41, 0, 0xfd, 0x0f, 0x41, 0, 0xfd, 0x0f],
  ...[0xfd, 0x85, 0x02, 0x0b], // f32x4.relaxed_madd
]);
