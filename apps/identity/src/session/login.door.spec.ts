import type { DataOf, logIn } from '@ao/contracts';
import { testCommand } from '@ao/kernel/testing';
import { done } from '@ao/messaging';
import { testSealer } from '@ao/sealing/testing';
import { createSlots } from '../password/slots';
import { createLoginDoor } from './login.door';

const { metadata } = testCommand('LogIn', {});
const given = (password: string): DataOf<typeof logIn> => ({
  ...{ email: 'ada@example.org', password },
  origin: { address: '192.0.2.1', user_agent: null },
});
const refusedAs = (code: 'busy' | 'invalid_credentials') => ({ outcome: 'refused', code }) as const;

describe('the door of logins', () => {
  it('should carry out a login once that is sent again meanwhile, and another with its id for itself', async () => {
    let runs = 0;
    const door = createLoginDoor(testSealer(), async () => {
      runs += 1;
      await new Promise((resolve) => setImmediate(resolve));
      return done(refusedAs('invalid_credentials'));
    });
    await Promise.all([door(given('a'), metadata), door(given('a'), metadata), door(given('b'), metadata)]);
    expect(runs).toBe(2);
    await door(given('a'), metadata);
    expect(runs).toBe(3);
    await Promise.all([door(given('a'), metadata), door(given('a'), { ...metadata, command_id: 'another' })]);
    expect(runs).toBe(5);
  });

  it('should tell who finds no place when to come again', async () => {
    let end!: () => void;
    const ended = new Promise<void>((resolve) => (end = resolve));
    const run = () => ended.then(() => done(refusedAs('invalid_credentials')));
    const door = createLoginDoor(testSealer(), run, createSlots({ slots: 1, waiting: 0 }));
    const first = door(given('a'), metadata);
    await expect(door(given('b'), metadata)).resolves.toEqual(done({ ...refusedAs('busy'), retry_after_seconds: 1 }));
    end();
    await expect(first).resolves.toEqual(done(refusedAs('invalid_credentials')));
  });
});
