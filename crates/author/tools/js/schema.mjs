// Derives schema.json from TypeScript types, or from JSDoc in JavaScript, by the TypeScript compiler.
import ts from 'typescript';

const LIMITS = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf',
  'minLength', 'maxLength', 'minItems', 'maxItems'];
const OF_PROPERTIES = [...LIMITS, 'integer', 'pattern', 'format', 'default', 'property', 'prop'];
const NAME = /^[a-zA-Z_][a-zA-Z0-9_-]{0,63}$/;
const DEPTH_MAX = 24;

export class SchemaError extends Error {
  constructor(message, hint, node) {
    super(message);
    this.hint = hint;
    this.node = node;
  }
}

/** Returns the tools of a module: `export default { … }`, or its exported functions. */
export function derive(program, file) {
  program.getSourceFiles().filter((one) => !one.isDeclarationFile && !one.fileName.includes('/node_modules/')).forEach(refuseLostTags);
  const { checker, source, found, others: [other] } = functions(program, file);
  if (other) {
    throw new SchemaError(`\`${other.name}\` is no function, so it is no tool`, 'export functions alone: export default { my_tool }', other.valueDeclaration ?? source);
  }
  if (found.length === 0) {
    throw new SchemaError('the module exports no function', 'export default { my_tool }', source);
  }
  return { tools: found.map(({ name, symbol, signature }) => tool(checker, name, symbol, signature, source)) };
}

/** Returns the names of a module's tools, each with its node; null where the types do not say them. */
export function named(program, file) {
  const { source, found, isKnown } = functions(program, file);
  return isKnown ? found.map(({ name, symbol }) => ({ name, node: symbol.valueDeclaration ?? source })) : null;
}

/** The functions that a module exports, whichever way it does; and what else its chosen object has. */
function functions(program, file) {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const module = checker.getSymbolAtLocation(source);
  if (!module) throw new SchemaError('the module exports nothing', 'export default { my_tool }');
  const exported = checker.getExportsOfModule(module);
  const chosen = exported.find((one) => one.name === 'default') ?? exported.find((one) => one.name === 'tools');
  const type = chosen && checker.getTypeOfSymbol(aliased(checker, chosen));
  const isOpen = type && (type.flags & ts.TypeFlags.Any || checker.getIndexInfosOfType(type).length > 0);
  const found = [];
  const others = [];
  let isKnown = !isOpen;
  for (const member of type ? checker.getPropertiesOfType(type) : exported) {
    const symbol = aliased(checker, member);
    const inner = checker.getTypeOfSymbol(symbol);
    const [signature] = inner.getCallSignatures();
    if (signature) found.push({ name: member.name, symbol, signature });
    else {
      if (inner.flags & ts.TypeFlags.Any) isKnown = false;
      if (chosen) others.push(member);
    }
  }
  return { checker, source, found, others, isKnown };
}

/**
 * A tag of a single property ends a `@typedef`: the compiler drops it, and every property behind it.
 * That is refused rather than lost.
 */
function refuseLostTags(node) {
  for (const comment of node.jsDoc ?? []) {
    const tags = comment.tags ?? [];
    const type = tags.findIndex((tag) => ts.isJSDocTypedefTag(tag));
    const lost = type < 0 ? undefined : tags.slice(type + 1).find((tag) => OF_PROPERTIES.includes(tag.tagName.text));
    if (lost) {
      throw new SchemaError(`@${lost.tagName.text} has no place in a @typedef: it ends the type, and what follows is lost`, 'write the type as an interface in a .d.ts file, each tag above its property, and import it', lost);
    }
  }
  ts.forEachChild(node, refuseLostTags);
}

function aliased(checker, symbol) {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

function tool(checker, name, symbol, signature, source) {
  const node = signature.declaration ?? source;
  if (!NAME.test(name)) {
    throw new SchemaError(`\`${name}\` is no tool's name`, 'letters, digits, _ and -, at most 64', node);
  }
  const description = words(signature.getDocumentationComment(checker)) || shorthand(checker, symbol, node);
  if (!description) {
    throw new SchemaError(`the tool \`${name}\` has no description`, 'write a /** comment */ above it that says what it does', node);
  }
  const [input] = signature.getParameters();
  const inputType = input ? checker.getTypeOfSymbolAtLocation(input, node) : undefined;
  const context = { checker, node, path: `${name}(input)`, seen: [] };
  const input_schema = inputType
    ? schema(inputType, context)
    : { type: 'object', properties: {}, additionalProperties: false };
  if (input_schema.type !== 'object') {
    throw new SchemaError(`the input of \`${name}\` is no object`, 'take one object: (input: { id: string })', node);
  }
  const output = checker.getAwaitedType(signature.getReturnType()) ?? signature.getReturnType();
  const output_schema = schema(output, { checker, node, path: `${name}'s answer`, seen: [] });
  const errors = signature.getJsDocTags().filter((tag) => tag.name === 'error').map((tag) => error(tag, node));
  return { name, description, input_schema, output_schema, ...(errors.length ? { errors } : {}) };
}

/** `{ find }` carries the comment of `find`. */
function shorthand(checker, symbol, node) {
  const named = node.symbol ?? symbol;
  return words(named.getDocumentationComment(checker));
}

function words(parts) {
  return ts.displayPartsToString(parts).replaceAll('\r', '').split('\n\n')
    .map((part) => part.split('\n').map((line) => line.trim()).join(' ').trim()).join('\n\n').trim();
}

function error(tag, node) {
  const found = /^([A-Z][A-Z0-9_]*)(?:\s+(never|same-key|after-ms))?\s+([^]+)$/.exec(ts.displayPartsToString(tag.text).trim());
  if (!found) {
    throw new SchemaError('an @error cannot be read', 'write: @error NOT_FOUND never No order has this number.', node);
  }
  const [, code, retry = 'never', text] = found;
  return { code, description: text.replace(/\s+/g, ' ').trim(), retry };
}

function schema(type, context) {
  const { checker, seen } = context;
  if (seen.length > DEPTH_MAX || (type.flags & ts.TypeFlags.Object && seen.includes(type))) {
    throw refused(context, 'contains itself', 'a contract has no references: give it a depth, or take JSON as text');
  }
  const inner = { ...context, seen: [...seen, type] };
  const { flags } = type;
  if (flags & ts.TypeFlags.Any) throw refused(context, 'has no type', 'give it one; `unknown` is any JSON value');
  if (flags & ts.TypeFlags.Unknown) return {};
  if (flags & (ts.TypeFlags.Null | ts.TypeFlags.Void | ts.TypeFlags.Undefined)) return { type: 'null' };
  if (flags & ts.TypeFlags.StringLiteral) return { type: 'string', const: type.value };
  if (flags & ts.TypeFlags.NumberLiteral) return { type: 'number', const: type.value };
  if (flags & ts.TypeFlags.BooleanLiteral) return { type: 'boolean', const: checker.typeToString(type) === 'true' };
  if (flags & ts.TypeFlags.StringLike) return { type: 'string' };
  if (flags & ts.TypeFlags.NumberLike) return { type: 'number' };
  if (flags & ts.TypeFlags.BooleanLike) return { type: 'boolean' };
  if (type.isUnion()) return union(type, inner);
  if (checker.isTupleType(type)) {
    const items = checker.getTypeArguments(type).map((item) => schema(item, inner));
    return { type: 'array', prefixItems: items, items: false, minItems: items.length };
  }
  if (checker.isArrayType(type)) {
    return { type: 'array', items: schema(checker.getTypeArguments(type)[0], inner) };
  }
  if (flags & ts.TypeFlags.Object || type.isIntersection()) return object(type, inner);
  throw refused(context, `is \`${checker.typeToString(type)}\`, which is no JSON`, 'use strings, numbers, booleans, arrays and plain objects');
}

function refused({ checker, node, path }, what, hint) {
  return new SchemaError(`${path} ${what}`, hint, node);
}

function union(type, context) {
  const parts = type.types.filter((part) => !(part.flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Void)));
  const nullable = parts.some((part) => part.flags & ts.TypeFlags.Null);
  const rest = parts.filter((part) => !(part.flags & ts.TypeFlags.Null));
  const literals = rest.every((part) => part.isStringLiteral() || part.isNumberLiteral());
  const booleans = rest.length === 2 && rest.every((part) => part.flags & ts.TypeFlags.BooleanLiteral);
  let found;
  if (booleans) found = { type: 'boolean' };
  else if (literals && rest.length > 0) {
    found = { type: typeof rest[0].value, enum: rest.map((part) => part.value) };
    if (rest.some((part) => typeof part.value !== found.type)) delete found.type;
  } else if (rest.length === 1) found = schema(rest[0], context);
  else found = { anyOf: rest.map((part) => schema(part, context)) };
  if (!nullable) return found;
  if (typeof found.type === 'string' && !found.enum && found.const === undefined) return { ...found, type: [found.type, 'null'] };
  return { anyOf: [found, { type: 'null' }] };
}

function object(type, context) {
  const { checker, node } = context;
  if (type.getCallSignatures().length > 0) throw refused(context, 'is a function', 'JSON has none');
  const index = checker.getIndexInfoOfType(type, ts.IndexKind.String);
  const fields = checker.getPropertiesOfType(type);
  if (index && fields.length === 0) return { type: 'object', additionalProperties: schema(index.type, context) };
  if (['Date', 'Map', 'Set', 'Uint8Array', 'RegExp'].includes(type.symbol?.name)) {
    throw refused(context, `is \`${type.symbol.name}\`, which is no JSON`, 'use a string, an array or a plain object');
  }
  const properties = {};
  const required = [];
  for (const field of fields) {
    const at = field.valueDeclaration ?? node;
    const inner = { ...context, node: at, path: `${context.path}.${field.name}` };
    const found = schema(checker.getTypeOfSymbolAtLocation(field, at), inner);
    const description = words(field.getDocumentationComment(checker));
    properties[field.name] = limits({ ...(description ? { description } : {}), ...found }, field, at);
    if (!(field.flags & ts.SymbolFlags.Optional)) required.push(field.name);
  }
  return { type: 'object', properties, ...(required.length ? { required } : {}), additionalProperties: false };
}

/** What a type cannot say stands in tags: `@minimum 1`, `@pattern ^[A-Z]+$`, `@integer`. */
function limits(found, field, node) {
  for (const tag of field.getJsDocTags()) {
    const text = ts.displayPartsToString(tag.text).trim();
    if (LIMITS.includes(tag.name)) {
      if (text === '' || Number.isNaN(Number(text))) throw new SchemaError(`@${tag.name} of \`${field.name}\` is no number`, `write: @${tag.name} 1`, node);
      found[tag.name] = Number(text);
    } else if (tag.name === 'integer') found.type = Array.isArray(found.type) ? ['integer', 'null'] : 'integer';
    else if (tag.name === 'pattern' || tag.name === 'format') found[tag.name] = text;
    else if (tag.name === 'default') {
      try {
        found.default = JSON.parse(text);
      } catch {
        throw new SchemaError(`@default of \`${field.name}\` is no JSON`, 'write: @default 10, or @default "text"', node);
      }
    }
  }
  return found;
}
