import { RouteTable } from './route-table';

describe('the table of routes', () => {
  const table = new RouteTable();
  table.add('GET', '/agents/:agent_id');
  table.add('PUT', '/agents/:agent_id/status');
  table.add('POST', '/agents/register');
  table.add('GET', '/openapi.json');

  it('should know the methods of a path, those of patterns that overlap too', () => {
    expect(table.methodsOf('/agents/a-1')).toEqual(['GET', 'OPTIONS']);
    expect(table.methodsOf('/agents/register')).toEqual(['GET', 'OPTIONS', 'POST']);
    expect(table.methodsOf('/agents/a-1/status/')).toEqual(['OPTIONS', 'PUT']);
  });

  it('should know no methods of other paths', () => {
    for (const path of ['/', '/agents', '/agents/a/b', '/openapixjson', '/agents//status']) {
      expect(table.methodsOf(path)).toEqual([]);
    }
  });
});
