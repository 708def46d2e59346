// Builds one skill: checks its types, derives its schema, bundles it, and makes a component.
//
//   node build.mjs '{"folder", "entry", "work", "tools", "sdk", "wit", "output", "schema"}'
//
// What it has to say goes to stdout, a JSON value a line: {"step"}, {"error"}, {"tools"} or {"done"}.
import fs from 'node:fs';
import path from 'node:path';
import { builtinModules, SourceMap } from 'node:module';
import esbuild from 'esbuild';
import ts from 'typescript';
import { componentNew, preview1AdapterReactorPath } from '@bytecodealliance/jco';
import { derive, named, SchemaError } from './schema.mjs';
import { snapshot, StartError } from './snapshot.mjs';

const job = JSON.parse(process.argv[2]);
const say = (value) => fs.writeSync(1, `${JSON.stringify(value)}\n`);
const step = (text) => say({ step: text });

function fail(errors) {
  say({ error: errors.slice(0, 20) });
  process.exit(1);
}

/** The module that joins the skill's functions with the SDK. */
const ENTRY = 'hotcell-entry.js';
/** All of a skill's code in one file, as the engine knows it. */
const BUNDLE = 'skill.js';

const inFolder = (file) => path.relative(job.folder, file);

function placeOf(node) {
  const source = node?.getSourceFile?.();
  if (!source) return { file: inFolder(job.entry), line: 1, column: 1 };
  const at = source.getLineAndCharacterOfPosition(node.getStart(source));
  return { file: inFolder(source.fileName), line: at.line + 1, column: at.character + 1 };
}

function program() {
  const options = {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    lib: ['lib.es2023.d.ts', 'lib.webworker.d.ts'],
    types: [],
    strict: true,
    noEmit: true,
    allowJs: true,
    checkJs: false,
    skipLibCheck: true,
    resolveJsonModule: true,
    allowImportingTsExtensions: true,
    paths: { hotcell: [path.join(job.sdk, 'index.d.ts')] },
    typeRoots: [],
  };
  return ts.createProgram([job.entry], options);
}

function checkTypes(made) {
  const found = ts.getPreEmitDiagnostics(made).filter((one) => one.category === ts.DiagnosticCategory.Error);
  if (found.length === 0) return;
  fail(found.map((one) => {
    const at = one.file?.getLineAndCharacterOfPosition(one.start ?? 0);
    return {
      file: one.file ? inFolder(one.file.fileName) : undefined,
      line: at && at.line + 1,
      column: at && at.character + 1,
      message: ts.flattenDiagnosticMessageText(one.messageText, '\n'),
      code: `TS${one.code}`,
    };
  }));
}

/** The package that a bundled file belongs to. */
function packageOf(file) {
  const found = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file.replaceAll('\\', '/'));
  return found?.[1];
}

/** Packages that only look for the compiled part of the one that needs them. */
const LOADERS = ['bindings', 'node-gyp-build', '@mapbox/node-pre-gyp', 'node-pre-gyp', 'prebuild-install'];

const nativeError = (name, sign) => ({
  file: 'package.json',
  message: `the package \`${name}\` has native code (${sign}), which cannot run in a sealed skill`,
  hint: 'use a package that is JavaScript throughout',
});

/** Names the installed packages that load native code by one of `LOADERS`, where that is why the bundle fails. */
function nativeErrors(errors) {
  const owners = errors.map((error) => packageOf(error.location?.file ?? ''));
  const loader = LOADERS.find((one) => owners.includes(one));
  if (!loader) return [];
  const home = path.join(job.folder, 'node_modules');
  const of = (folder) => fs.readdirSync(path.join(home, folder)).map((name) => path.join(folder, name));
  const names = of('').flatMap((name) => (name.startsWith('@') ? of(name) : [name]));
  const needs = (name) => {
    const file = path.join(home, name, 'package.json');
    return fs.existsSync(file) && JSON.parse(fs.readFileSync(file, 'utf8')).dependencies?.[loader];
  };
  return names.filter(needs).map((name) => nativeError(name, `loaded by \`${loader}\``));
}

function bundleError(error) {
  const from = error.location?.file ?? '';
  const place = { file: inFolder(path.resolve(job.folder, from)), line: error.location?.line, column: error.location?.column };
  const owner = packageOf(from);
  const missing = /Could not resolve "([^"]+)"/.exec(error.text)?.[1];
  if (/No loader is configured for "\.node" files/.test(error.text)) {
    const native = packageOf(/files: (.*)$/.exec(error.text)?.[1] ?? '') ?? owner;
    return { ...nativeError(native, 'a .node file'), ...place };
  }
  if (missing && (missing.startsWith('node:') || builtinModules.includes(missing.split('/')[0]))) {
    const who = owner ? `the package \`${owner}\`` : 'the skill';
    return { ...place, message: `${who} needs Node's own module \`${missing}\`, which a sealed skill does not have`, hint: 'use what the web has (fetch, URL, TextEncoder, crypto), and `files` of "hotcell" for files' };
  }
  if (missing && !missing.startsWith('.')) {
    return { ...place, message: `the package \`${missing}\` is not there`, hint: `npm install ${missing}` };
  }
  return { ...place, message: error.text };
}

/** The SDK's files, under names that are the same on every machine: the bundle has them in its comments. */
const sdk = {
  name: 'hotcell',
  setup(build) {
    const namespace = 'hotcell';
    build.onResolve({ filter: /^hotcell$/ }, () => ({ path: 'index.js', namespace }));
    build.onResolve({ filter: /^hotcell-serve$/ }, ({ importer }) => (
      path.basename(importer) === ENTRY ? { path: 'serve.js', namespace } : undefined
    ));
    build.onResolve({ filter: /^\.\//, namespace }, ({ path: name }) => ({ path: name.slice(2), namespace }));
    build.onLoad({ filter: /.*/, namespace }, ({ path: name }) => (
      { contents: fs.readFileSync(path.join(job.sdk, name), 'utf8'), loader: 'js' }
    ));
  },
};

async function bundle() {
  const contents = [
    `import * as skill from ${JSON.stringify(job.entry)};`,
    "import { serve } from 'hotcell-serve';",
    'export const tools = serve(skill.default ?? skill.tools ?? { ...skill });',
  ].join('\n');
  try {
    const made = await esbuild.build({
      stdin: { contents, resolveDir: job.folder, sourcefile: ENTRY, loader: 'js' },
      absWorkingDir: job.folder,
      bundle: true,
      format: 'esm',
      target: 'es2023',
      platform: 'neutral',
      mainFields: ['module', 'main'],
      conditions: ['import', 'module', 'browser', 'default'],
      plugins: [sdk],
      external: ['hotcell:*', 'wasi:*'],
      legalComments: 'none',
      treeShaking: true,
      sourcemap: 'external',
      outfile: BUNDLE,
      write: false,
      metafile: true,
      logLevel: 'silent',
    });
    refuseNative(Object.keys(made.metafile.inputs));
    refuseOutside(Object.keys(made.metafile.inputs));
    const [map, code] = made.outputFiles.map(({ text }) => text);
    return { code, map: new SourceMap(JSON.parse(map)) };
  } catch (error) {
    if (!error.errors) throw error;
    const native = nativeErrors(error.errors);
    return fail(native.length ? native : error.errors.map(bundleError));
  }
}

/** A package that compiles on installation has no use here, even where it is only loaded later. */
function refuseNative(inputs) {
  for (const owner of new Set(inputs.map(packageOf).filter(Boolean))) {
    const folder = path.join(job.folder, 'node_modules', owner);
    if (fs.existsSync(path.join(folder, 'binding.gyp'))) {
      fail([nativeError(owner, 'binding.gyp')]);
    }
  }
}

/** A file beside the skill is none of its sources: nobody would see that it has changed. */
function refuseOutside(inputs) {
  const within = (file, folder) => !path.relative(folder, file).startsWith('..');
  for (const input of inputs) {
    const file = path.resolve(job.folder, input);
    if (packageOf(file) || within(file, job.folder)) continue;
    fail([{ file: inFolder(job.entry), message: `the skill imports ${input}, which is outside of its folder`, hint: 'move the file into the folder, or make it an npm package' }]);
  }
}

/** The engine with this world's glue, made once; it is the same for every skill. */
async function engine() {
  const folder = path.join(job.tools, 'engine');
  const glue = path.join(folder, 'glue.json');
  if (!fs.existsSync(glue)) {
    step('preparing the JavaScript engine, once');
    const home = path.join(job.tools, 'node_modules/@bytecodealliance/componentize-js/lib');
    const { splicer } = await import(path.join(home, 'spidermonkey-embedding-splicer.js'));
    const bare = fs.readFileSync(path.join(home, 'starlingmonkey_embedding.wasm'));
    const features = ['stdio', 'random', 'clocks', 'http', 'fetch-event'];
    const made = splicer.spliceBindings(bare, features, undefined, job.wit, 'javascript', false);
    const pending = fs.mkdtempSync(`${folder}-`);
    fs.writeFileSync(path.join(pending, 'engine.wasm'), made.wasm);
    fs.writeFileSync(path.join(pending, 'glue.json'), JSON.stringify({ ...made, wasm: undefined }));
    try {
      fs.renameSync(pending, folder);
    } catch (error) {
      fs.rmSync(pending, { recursive: true });
      if (!fs.existsSync(glue)) throw error;
    }
  }
  return { wasm: path.join(folder, 'engine.wasm'), ...JSON.parse(fs.readFileSync(glue, 'utf8')) };
}

/** Runs the module's top level once, and keeps the memory. */
async function start({ code, map }, { wasm, jsBindings, exports, imports }) {
  const env = {
    SOURCE_NAME: BUNDLE,
    DEBUG: '',
    FEATURE_CLOCKS: '1',
    EXPORT_CNT: String(exports.length),
    IMPORT_CNT: String(imports.length),
  };
  exports.forEach(([name, one], index) => {
    env[`EXPORT${index}_NAME`] = name;
    env[`EXPORT${index}_ARGS`] = (one.paramptr ? '*' : '') + one.params.join(',');
    env[`EXPORT${index}_RET`] = (one.retptr ? '*' : '') + (one.ret || '');
    env[`EXPORT${index}_RETSIZE`] = String(one.retsize);
  });
  imports.forEach(([, name, count], index) => {
    env[`IMPORT${index}_NAME`] = name;
    env[`IMPORT${index}_ARGCNT`] = String(count);
  });
  const stdin = `--initializer-script-path /glue.js --strip-path-prefix / ${BUNDLE}`;
  try {
    const files = { [BUNDLE]: code, 'glue.js': jsBindings };
    return await snapshot(fs.readFileSync(wasm), 'componentize.wizer', { files, stdin, env });
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    return fail([startError(error.message, map)]);
  }
}

/** What the engine says of a failure, at the place where the author wrote it. */
function startError(told, map) {
  const [, line, column, thrown] = /skill\.js:(\d+):(\d+) (.*)/.exec(told) ?? [];
  const at = line ? map.findEntry(Number(line) - 1, Number(column) - 1) : {};
  const place = at.originalSource && !at.originalSource.startsWith('hotcell')
    ? { file: at.originalSource, line: at.originalLine + 1, column: at.originalColumn + 1 }
    : { file: inFolder(job.entry) };
  const why = (thrown ?? told).slice(0, 2000);
  return { ...place, message: `the module fails while it is loaded: ${why}`, hint: 'keep the top level to definitions: no fetch, no files, no settings' };
}

async function main() {
  step('checking types');
  const made = program();
  checkTypes(made);
  if (job.schema) {
    const contract = derive(made, job.entry);
    fs.writeFileSync(job.schema, `${JSON.stringify(contract, null, 2)}\n`);
  } else {
    const tools = named(made, job.entry);
    if (tools) say({ tools: tools.map(({ name, node }) => ({ name, ...placeOf(node) })) });
  }
  step('bundling');
  const bundled = await bundle();
  const prepared = await engine();
  step('making the component');
  const core = await start(bundled, prepared);
  const adapter = fs.readFileSync(preview1AdapterReactorPath());
  const component = await componentNew(core, [['wasi_snapshot_preview1', adapter]], false);
  fs.writeFileSync(job.output, component);
  say({ done: { bytes: component.length } });
}

main().catch((error) => {
  if (error instanceof SchemaError) {
    fail([{ ...placeOf(error.node), message: error.message, hint: error.hint }]);
  }
  fail([{ message: `the build failed: ${error?.stack ?? error}` }]);
});
