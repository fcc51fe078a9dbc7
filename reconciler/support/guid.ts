/** The 16 bytes in which a GUID in text form is stored: its first three fields are little-endian (MS-DTYP 2.3.4.2). */
export function guidBytes(guid: string): Uint8Array {
  const hex = guid.replaceAll("-", "");
  const order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
  return Uint8Array.from(order, (at) => Number.parseInt(hex.slice(at * 2, at * 2 + 2), 16));
}
