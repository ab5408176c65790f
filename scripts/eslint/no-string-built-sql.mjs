/**
 * `.query(…)` must not put values into the text of a statement. Told without types, by position and by name:
 * an interpolation is refused where SQL has a value (after = < > ( , ' and words like `where` or `limit`), unless it
 * is a constant in capitals, a number by Math, a call that quotes, or a name that says it is SQL already.
 */
const VALUE_FOLLOWS =
  /(?:[=<>(,']|\b(?:values|like|ilike|in|between|and|or|not|limit|offset|any|where|when|then|else|interval))\s*$/i;
const SAYS_IT_IS_SQL =
  /^(?:[A-Z][A-Z0-9_]*|(?:.*[a-z])?(?:[sS]ql|[lL]iteral|[lL]iterals|[iI]dentifier|[iI]dentifiers|[cC]olumns|[cC]olumnList))$/;
const QUOTES = /^(?:escapeIdentifier|escapeLiteral|identifier|quoted|quotedName)$/;

const message =
  'Expected {{name}} to be a parameter, but it stands in the text of the statement where a value is: pass it as $1, …. What must be text (an identifier, a literal in a simple-protocol batch) goes through escapeIdentifier() or escapeLiteral() of pg into a constant whose name ends in Sql, Literal, Identifier or Columns.';

export default {
  meta: { type: 'problem', schema: [], messages: { value: message } },
  create(context) {
    return {
      'CallExpression[callee.property.name="query"]'(call) {
        const [first] = call.arguments;
        if (!first) return;
        const text =
          first.type === 'ObjectExpression'
            ? first.properties.find((property) => property.key?.name === 'text')?.value
            : first;
        if (!text) return;
        let before = '';
        for (const piece of pieces(text)) {
          if (typeof piece === 'string') {
            before += piece;
            continue;
          }
          if (before !== '' && VALUE_FOLLOWS.test(before) && !isSafe(piece)) {
            context.report({ node: piece, messageId: 'value', data: { name: context.sourceCode.getText(piece) } });
          }
          before += '§';
        }
      },
    };
  },
};

/** The text in order: strings as they stand, everything else as its node. */
function pieces(node) {
  if (node.type === 'Literal' && typeof node.value === 'string') return [node.value];
  if (node.type === 'TemplateLiteral') {
    return node.quasis.flatMap((quasi, index) => {
      const expression = node.expressions[index];
      return expression ? [quasi.value.cooked, ...pieces(expression)] : [quasi.value.cooked];
    });
  }
  if (node.type === 'BinaryExpression' && node.operator === '+') return [...pieces(node.left), ...pieces(node.right)];
  return [node];
}

function isSafe(node) {
  if (node.type === 'Identifier') return SAYS_IT_IS_SQL.test(node.name);
  if (node.type === 'MemberExpression') return SAYS_IT_IS_SQL.test(node.property.name ?? '');
  if (node.type !== 'CallExpression') return false;
  const { callee } = node;
  if (callee.type === 'MemberExpression')
    return callee.object.name === 'Math' || QUOTES.test(callee.property.name ?? '');
  return QUOTES.test(callee.name ?? '');
}
