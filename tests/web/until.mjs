// Waiting for what must come. No test sleeps: it waits for a condition, for as long as the slowest machine may need.

import { setTimeout as pause } from "node:timers/promises";

const DEADLINE_MS = 60_000;
const STEP_MS = 20;

/** Asks again until the answer is true-ish, and resolves to it; `what` names it for when it never comes. */
export async function until(what, answer) {
  const end = Date.now() + DEADLINE_MS;
  let last;
  while (Date.now() < end) {
    try {
      last = await answer();
      if (last) return last;
    } catch (error) {
      // A page that is just being replaced has no answer yet.
      if (!/context was destroyed|navigat|detached/i.test(error.message)) throw error;
    }
    await pause(STEP_MS);
  }
  throw new Error(`never came: ${what}`);
}
