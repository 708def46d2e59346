// Windows-1252, the character set that DATEV reads.
//
// Source: WHATWG Encoding, index-windows-1252. Its five gaps are refused here, because a DATEV file
// never holds the control characters that the standard maps them to.

/** The characters of the bytes 0x80 to 0x9F; a blank where there is a gap. */
const HIGH = '€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ';

/** @type {Map<string, number>} The byte of each of them. */
const BYTES = new Map();
for (const [at, character] of [...HIGH].entries()) {
  if (character !== ' ') BYTES.set(character, 0x80 + at);
}

const LACKING = new RegExp(`[^\\0-\\x7f\\xa0-\\xff${HIGH}]`, 'u');

/**
 * Returns the first character that the set lacks.
 * @param {string} text
 */
export function missing(text) {
  return LACKING.exec(text)?.[0];
}

/**
 * Returns the bytes of a text. What is ASCII is copied by the engine, which is much quicker than a
 * loop.
 * @param {string} text
 * @returns {Uint8Array}
 */
export function encode(text) {
  const bytes = new Uint8Array(text.length);
  const encoder = new TextEncoder();
  let at = 0;
  for (const [part, ascii] of text.matchAll(/([\0-\x7f]+)|[^\0-\x7f]+/g)) {
    if (ascii) encoder.encodeInto(part, bytes.subarray(at, at + part.length));
    else encodeOthers(part, bytes, at);
    at += part.length;
  }
  return bytes;
}

/**
 * @param {string} part
 * @param {Uint8Array} bytes
 * @param {number} start
 */
function encodeOthers(part, bytes, start) {
  for (let at = 0; at < part.length; at += 1) {
    const code = part.charCodeAt(at);
    const byte = code >= 0xa0 && code <= 0xff ? code : BYTES.get(part[at]);
    if (byte === undefined) throw new RangeError('check() has looked at every text that is not bound to ASCII by the schema');
    bytes[start + at] = byte;
  }
}
