/** What an operation is for, in a few words, by its method and path: `GET /v1/tasks/{task_id}`. */
export type Summaries = Readonly<Record<string, string>>;
