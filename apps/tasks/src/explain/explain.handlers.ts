import { Controller, Inject } from '@nestjs/common';
import { explainTask, type DataOf, type ResultOf, type TaskEvent } from '@ao/contracts';
import type { EventLog } from '@ao/event-log';
import { reject, streamId, type Rejection } from '@ao/kernel';
import { QueryHandler } from '@ao/messaging';
import { EVENT_LOG } from '@ao/platform';
import { TasksService } from '../tasks.service';
import { NO_STORY, evolveStory, explanationOf, type TaskStory } from './explain-task';

const MODEL_TIMEOUT_MS = 1_000;
const PAGE = 1_000;

/** Why a task waits, or went where it went. */
@Controller()
export class ExplainHandlers {
  constructor(
    @Inject(TasksService) private readonly tasks: TasksService,
    @Inject(EVENT_LOG) private readonly log: EventLog,
  ) {}

  /** Every replica's model is the owner's, a few milliseconds later; only what is on its way to the log is the owner's own. */
  @QueryHandler(explainTask)
  async explain({ task_id }: DataOf<typeof explainTask>): Promise<ResultOf<typeof explainTask> | Rejection> {
    await this.tasks.modelAtHead(MODEL_TIMEOUT_MS).catch(() => undefined);
    const open = this.tasks.model.explain(task_id) ?? this.tasks.ssh.explain(task_id);
    const story = await this.storyOf(task_id);
    if (!story.task) {
      return reject('not_found', 'task_not_found', `Expected to explain task '${task_id}', but there is none`);
    }
    return explanationOf(story.task, story, open, this.log.clock.now());
  }

  private async storyOf(taskId: string): Promise<TaskStory> {
    let story = NO_STORY;
    for (let fromVersion = 1; ; fromVersion += PAGE) {
      const events = await this.log.readStream(streamId('task', taskId), { fromVersion, limit: PAGE });
      for (const event of events) story = evolveStory(story, event as unknown as TaskEvent);
      if (events.length < PAGE) return story;
    }
  }
}
