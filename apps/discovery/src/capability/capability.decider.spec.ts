import { evolveCapability, type CapabilityDocument, type CapabilityEvent } from '@ao/contracts';
import { fold } from '@ao/kernel';
import { deciderSpec, testCommand } from '@ao/kernel/testing';
import { capabilityDecider, type CapabilityCommand } from './capability.decider';
import { capabilityId } from './capability.state';

const AGENT = '01900000-0000-7000-8000-000000000001';
const NAME = 'document.ocr';
const capability_id = capabilityId(AGENT, NAME);
const T0 = '2026-01-01T00:00:00.000Z';
const T1 = '2026-01-01T00:01:00.000Z';

const identity = { capability_id, agent_id: AGENT, name: NAME };
const record = { ...identity, metadata: { version: '1.0.0' }, groups: ['production', 'us-east'] };
const plain = { ...identity, metadata: {}, groups: [] };

const registered: CapabilityEvent = {
  type: 'CapabilityRegistered',
  data: { ...record, origin: 'record', created_at: T0 },
};
const adopted: CapabilityEvent = { type: 'CapabilityRegistered', data: { ...plain, origin: 'agent', created_at: T0 } };
const removed: CapabilityEvent = { type: 'CapabilityRemoved', data: { ...identity, at: T1 } };

const register = (changes: Partial<typeof record> = {}, time = T1): CapabilityCommand =>
  testCommand('RegisterCapability', { ...record, ...changes }, { time });
const remove: CapabilityCommand = testCommand('RemoveCapability', { capability_id }, { time: T1 });
const adopt: CapabilityCommand = testCommand('AdoptCapability', identity, { time: T0 });
const disown: CapabilityCommand = testCommand('DisownCapability', { capability_id }, { time: T1 });

const { given } = deciderSpec(capabilityDecider);

describe('registering a capability', () => {
  it('should make a record', () => {
    expect(given().when(register({}, T0)).then(registered)).toEqual({ capability_id, created_at: T0, created: true });
  });

  it('should change the record of the same agent and name, and keep when it was made', () => {
    const result = given(registered)
      .when(register({ groups: ['test'] }))
      .then({ type: 'CapabilityChanged', data: { ...record, groups: ['test'], origin: 'record', changed_at: T1 } });
    expect(result).toEqual({ capability_id, created_at: T0, created: false });
  });

  it('should write nothing when nothing is new', () => {
    given(registered).when(register()).then();
  });

  it('should take over a record that the profile made, also when it stays plain', () => {
    given(adopted)
      .when(register({ metadata: {} as never, groups: [] }))
      .then({ type: 'CapabilityChanged', data: { ...plain, origin: 'record', changed_at: T1 } });
  });

  it('should keep a group once', () => {
    given()
      .when(register({ groups: ['a', 'b', 'a'] }, T0))
      .then({
        type: 'CapabilityRegistered',
        data: { ...record, groups: ['a', 'b'], origin: 'record', created_at: T0 },
      });
  });

  it('should register again after a removal', () => {
    given(registered, removed).when(register()).thenTypes('CapabilityRegistered');
  });

  it('rejects metadata that a page could not hold', () => {
    given()
      .when(register({ metadata: { version: 'x'.repeat(20_000) } }))
      .thenRejected({ rejection: 'too_large', code: 'metadata_too_large', pointer: '/metadata' });
  });
});

describe('removing a capability', () => {
  it.each([registered, adopted])('should remove whatever made it', (made) => {
    given(made).when(remove).then(removed);
  });

  it('rejects one that is not there', () => {
    given().when(remove).thenRejected({ rejection: 'not_found', code: 'capability_not_found' });
    given(registered, removed).when(remove).thenRejected({ code: 'capability_not_found' });
  });
});

describe('what a profile names', () => {
  it('should become a plain record of its own', () => {
    given().when(adopt).then(adopted);
    given(registered, removed).when(adopt).then(adopted);
  });

  it('should leave a record that is there as it is', () => {
    given(registered).when(adopt).then();
    given(adopted).when(adopt).then();
  });

  it('should go with its name, and take nothing along that somebody registered', () => {
    given(adopted).when(disown).then(removed);
    given(registered).when(disown).then();
    given().when(disown).then();
  });

  it('should stay once somebody registered it', () => {
    given(adopted, {
      type: 'CapabilityChanged',
      data: { ...record, origin: 'record', changed_at: T1 },
    })
      .when(disown)
      .then();
  });
});

it('should have one id per agent and name', () => {
  expect(capabilityId(AGENT, NAME)).toBe(capability_id);
  expect(capabilityId(AGENT, 'document.ocr2')).not.toBe(capability_id);
  expect(capabilityId('a', 'bc')).not.toBe(capabilityId('ab', 'c'));
});

it('should keep the state that readers see', () => {
  const histories: CapabilityEvent[][] = [[registered], [adopted, removed], [adopted, removed, registered]];
  for (const events of histories) {
    const state = fold(capabilityDecider, events);
    const document = events.reduce<CapabilityDocument | undefined>(evolveCapability, undefined);
    expect(state.status === 'present' ? state.capability : undefined).toEqual(document);
  }
});
