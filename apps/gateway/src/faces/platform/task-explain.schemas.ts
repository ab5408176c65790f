import { TaskExplanation } from '@ao/contracts';
import { createZodDto } from '../../http/zod-dto';

export class TaskExplanationDto extends createZodDto(TaskExplanation) {}
