/**
 * `log.append(unit)` anywhere but in the command shell: dependency-cruiser sees who imports the appender, this sees who
 * calls it through the EventLog that every service has.
 */
export default {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      append:
        'Only the command shell appends events: run your command through CommandShell.run() with a decider (it reads, decides, appends with the expected version and repeats on conflict).',
    },
  },
  create(context) {
    return {
      'CallExpression[callee.property.name="append"][arguments.length=1]'(call) {
        const { object } = call.callee;
        const name = object.type === 'MemberExpression' ? object.property.name : object.name;
        if (/^(log|eventLog|events|appender)$/i.test(name ?? '')) context.report({ node: call, messageId: 'append' });
      },
    };
  },
};
