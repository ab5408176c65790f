import type { PreferencesEvent } from '@ao/contracts';
import type { RecordedEvent } from '@ao/event-log';
import { idOf } from '@ao/kernel';
import { evolvePerson, type Person } from './person';

/** What a batch of events makes of people. */
export class PeopleChanges {
  /** Undefined: erased. */
  readonly changed = new Map<string, Person | undefined>();
  private readonly people: Map<string, Person | undefined>;
  private readonly saidAt = new Map<string, number>();

  constructor(known: readonly Person[]) {
    this.people = new Map(known.map((person) => [person.user_id, person]));
  }

  person(userId: string): Person | undefined {
    return this.people.get(userId);
  }

  /** Whether the person is another one now. */
  apply(event: RecordedEvent): boolean {
    const user_id = idOf(event.stream_id);
    const before = this.people.get(user_id);
    const after = evolvePerson(user_id, before, event);
    if (after === before && event.type !== 'UserErased') return false;
    this.people.set(user_id, after);
    this.changed.set(user_id, after);
    if (event.category === 'preferences')
      this.saidAt.set(user_id, Date.parse((event as RecordedEvent & PreferencesEvent).data.at));
    return true;
  }

  /** Those whose preferences are others, and since when. */
  said(): { readonly person: Person; readonly at: number }[] {
    return [...this.saidAt].flatMap(([user_id, at]) => {
      const person = this.people.get(user_id);
      return person ? [{ person, at }] : [];
    });
  }
}
