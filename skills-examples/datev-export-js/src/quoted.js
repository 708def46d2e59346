// Text of others inside a message: what cannot be seen, or is not what it seems, is spelled out.

/** Controls, blanks that are no space, marks that join the character before, and private use. */
const UNSEEN =
  /[\u0000-\u001f\u007f-\u00a0\u00ad\u0300-\u036f\u061c\u1680\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ud800-\udfff\ue000-\uf8ff\ufe00-\ufe0f\ufeff\ufff0-\ufffb\u{e0000}-\u{10ffff}]/u;

const SHORT = new Map([['\0', '\\0'], ['\t', '\\t'], ['\n', '\\n'], ['\r', '\\r'], ['\\', '\\\\']]);

/**
 * Returns the text in quotation marks, with `\u{…}` for what cannot be seen.
 * @param {string} text
 * @param {string} mark
 */
export function quoted(text, mark) {
  let shown = '';
  for (const character of text) {
    if (character === mark) shown += `\\${mark}`;
    else if (SHORT.has(character)) shown += SHORT.get(character);
    else if (UNSEEN.test(character)) shown += `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
    else shown += character;
  }
  return mark + shown + mark;
}
