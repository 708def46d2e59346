{{#http}}
import { Failure } from 'hotcell';

{{/http}}
interface Person {
  /** The name as it is to be spoken. */
  name: string;
}

interface Text {
  /** The text whose words are counted. */
  text: string;
}

/** Greets one person by name. */
function greet({ name }: Person): { text: string } {
  return { text: `Hello, ${name}!` };
}

/** Counts the words and letters of a text. */
function count_words({ text }: Text): { words: number; letters: number } {
  const words = text.split(/\s+/).filter((word) => word !== '');
  return { words: words.length, letters: words.join('').length };
}
{{#http}}

/**
 * Asks the server how it is.
 * @error TRANSIENT_UPSTREAM same-key The server does not answer rightly. Try again.
 */
async function get_status(): Promise<{ status: string }> {
  try {
    const answer = await fetch('{{origin}}/status');
    if (!answer.ok) throw new Error(`it answered ${answer.status}`);
    const { status } = await answer.json();
    return { status };
  } catch (error) {
    const message = `The server does not answer rightly: ${String(error)}.`;
    throw new Failure('TRANSIENT_UPSTREAM', message, { retry: 'same-key' });
  }
}
{{/http}}

export default { greet, count_words{{#http}}, get_status{{/http}} };
