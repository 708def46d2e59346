{{#http}}
import { Failure } from 'hotcell';

{{/http}}
/**
 * @typedef {object} Person
 * @property {string} name The name as it is to be spoken.
 *
 * @typedef {object} Text
 * @property {string} text The text whose words are counted.
 */

/**
 * Greets one person by name.
 * @param {Person} input
 * @returns {{ text: string }}
 */
function greet({ name }) {
  return { text: `Hello, ${name}!` };
}

/**
 * Counts the words and letters of a text.
 * @param {Text} input
 * @returns {{ words: number, letters: number }}
 */
function count_words({ text }) {
  const words = text.split(/\s+/).filter((word) => word !== '');
  return { words: words.length, letters: words.join('').length };
}
{{#http}}

/**
 * Asks the server how it is.
 * @error TRANSIENT_UPSTREAM same-key The server does not answer rightly. Try again.
 * @returns {Promise<{ status: string }>}
 */
async function get_status() {
  try {
    const answer = await fetch('{{origin}}/status');
    if (!answer.ok) throw new Error(`it answered ${answer.status}`);
    const { status } = await answer.json();
    return { status };
  } catch (error) {
    const message = `The server does not answer rightly: ${error.message}.`;
    throw new Failure('TRANSIENT_UPSTREAM', message, { retry: 'same-key' });
  }
}
{{/http}}

export default { greet, count_words{{#http}}, get_status{{/http}} };
