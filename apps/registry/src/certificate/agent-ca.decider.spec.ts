import { newId } from '@ao/kernel';
import { deciderSpec, testCommand } from '@ao/kernel/testing';
import type { AgentCaEvent } from '@ao/contracts';
import { agentCaDecider, type CreateAgentCa } from './agent-ca.decider';
import {
  AGENTS_SETTLE_MS,
  agentCaId,
  authorityThatSigns,
  GATEWAYS_SETTLE_MS,
  liveAuthorities,
  SUCCEED_WITHIN_MS,
} from './agent-ca.rules';

const START = Date.UTC(2026, 0, 1);
const YEAR = 365 * 24 * 3_600_000;
const iso = (unixMs: number) => new Date(unixMs).toISOString();
const { given } = deciderSpec<Parameters<typeof agentCaDecider.decide>[1], CreateAgentCa, AgentCaEvent>(agentCaDecider);

const made = (number: number) => ({
  ...{ ca_id: agentCaId(number), certificate: `pem ${number}`, private_key: 'sealed' },
  expires_at: iso(START + number * 10 * YEAR),
});
const created = (number: number, at: number): AgentCaEvent => ({
  type: 'AgentCaCreated',
  data: { ...made(number), created_at: iso(at) },
});
const first = { number: 1, createdAt: START, expiresAt: START + 10 * YEAR };
const create = (at: number, more: Partial<CreateAgentCa['data']> = {}, number = 2) =>
  testCommand('CreateAgentCa', { ...made(number), asked: false, ...more }, { time: iso(at) }) as CreateAgentCa;

describe('a certificate authority', () => {
  it('should be made once, whichever replica comes first', () => {
    const { ca_id, expires_at } = made(1);
    expect(
      given()
        .when(create(START, {}, 1))
        .then(created(1, START)),
    ).toEqual({ ca_id, expires_at });
    const late = { certificate: 'another', expires_at: iso(START) };
    expect(
      given(created(1, START))
        .when(create(START + 1, late, 1))
        .then(),
    ).toEqual({ ca_id, expires_at });
  });

  it('should be succeeded by itself in its last year, by the time of the log', () => {
    const due = first.expiresAt - SUCCEED_WITHIN_MS;
    given()
      .when(create(due, { predecessor: first }))
      .thenRejected({ rejection: 'conflict', code: 'authority_not_ending' });
    given()
      .when(create(due + 1, { predecessor: first }))
      .then(created(2, due + 1));
  });

  it('should be succeeded when an operator asks, but not before every agent knows it', () => {
    const asked = { predecessor: first, asked: true };
    given()
      .when(create(START + 1, asked))
      .then(created(2, START + 1));
    const second = { number: 2, createdAt: START + 1, expiresAt: START + 11 * YEAR };
    const known = second.createdAt + GATEWAYS_SETTLE_MS;
    given()
      .when(create(known - 1, { predecessor: second, asked: true }, 3))
      .thenRejected({ rejection: 'conflict', code: 'authority_too_young' });
    given()
      .when(create(known, { predecessor: second, asked: true }, 3))
      .then(created(3, known));
  });
});

describe('the authority that signs', () => {
  const one = { name: newId(), createdAt: START, expiresAt: START + 10 * YEAR };
  const two = { name: newId(), createdAt: START + 9 * YEAR, expiresAt: START + 19 * YEAR };
  const at = (now: number, settle: number) => authorityThatSigns([one, two], now, settle);

  it('should be the first at once, and a successor when everybody has heard of it', () => {
    expect(authorityThatSigns([], START, 0)).toBeUndefined();
    expect(authorityThatSigns([one], START, GATEWAYS_SETTLE_MS)).toBe(one);
    for (const settle of [AGENTS_SETTLE_MS, GATEWAYS_SETTLE_MS]) {
      expect(at(two.createdAt + settle - 1, settle)).toBe(one);
      expect(at(two.createdAt + settle, settle)).toBe(two);
    }
  });

  it('should never be one that has ended, and what it signed goes with it', () => {
    expect(liveAuthorities([one, two], one.expiresAt - 1)).toEqual([one, two]);
    expect(liveAuthorities([one, two], one.expiresAt)).toEqual([two]);
    expect(authorityThatSigns([one], one.expiresAt, 0)).toBeUndefined();
    expect(
      authorityThatSigns([one, { ...two, createdAt: one.expiresAt }], one.expiresAt, GATEWAYS_SETTLE_MS),
    ).toMatchObject({ name: two.name });
  });
});
