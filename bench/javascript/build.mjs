// Builds the bench's three JavaScript components, all with the same engine in them:
// `engine.wasm`, which is Hotcell's own and only there to fill the engine store, and
// `one.wasm` and `two.wasm`, which stand for two skills.
// Usage: node build.mjs WIT-FOLDER OUT-FOLDER
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { componentize } from "@bytecodealliance/componentize-js";

const [witPath, out] = process.argv.slice(2);

function source(name) {
  return `export const tools = {
    call(tool, text, context) {
      const input = JSON.parse(text);
      return JSON.stringify({ name: "${name}", tool, input, attempt: context.attempt });
    },
  };`;
}

for (const name of ["engine", "one", "two"]) {
  const { component } = await componentize(source(name), { witPath, worldName: "skill" });
  await writeFile(join(out, `${name}.wasm`), component);
  console.log(`${name}.wasm ${component.length} bytes`);
}
