import { WorkflowDefinition } from '@ao/contracts';
import { compileExpression } from '@ao/expressions';
import { whyInvalid } from '../apps/workflows/src/workflow/why-invalid';
import { documentIndex, MOST_DOCUMENTS, STEPS } from './index-workflow';

describe('the workflow of the demo', () => {
  const definition = WorkflowDefinition.parse(documentIndex().definition());

  it('should be valid, with the steps that the screen shows', () => {
    expect(whyInvalid(definition)).toEqual([]);
    expect(definition.steps.map(({ key }) => key)).toEqual(Object.keys(STEPS));
  });

  it('should count what is text, of as many documents as a run takes', () => {
    const count = definition.steps.find(({ key }) => key === 'count');
    const items = count?.type === 'map' ? String(count.map.items) : '';
    const compiled = compileExpression(items.replace(/^\$\{\{|\}\}$/g, ''), ['steps']);
    if (!compiled.ok) throw new Error(compiled.error);
    const output = Array.from({ length: MOST_DOCUMENTS }, (_, n) => ({
      ...{ id: `d${n}` },
      ...(n % 2 === 0 && { skipped: 'empty' }),
    }));
    const found = compiled.evaluate({ steps: { extract: { output } } }) as string[];
    expect(found).toHaveLength(MOST_DOCUMENTS / 2);
    expect(found[0]).toBe('d1');
  });
});
