/** The check of the patient's own line while waiting, as the person asks for it again. */
import { signal } from "@preact/signals";
import { ApiError } from "../lib/api";
import { savesData } from "../lib/saving";
import type { VisitTools } from "./visit-tools";

export class VisitCheck {
  /** What became of the last press; the check itself is told by the node. */
  readonly asked = signal<"ready" | "asking" | "too_often">("ready");

  constructor(private readonly tools: Pick<VisitTools, "api">) {}

  /** What fails for another reason is seen by nothing new coming, and can be pressed again. */
  async again(): Promise<void> {
    if (this.asked.value === "asking") return;
    this.asked.value = "asking";
    try {
      await this.tools.api.check(savesData());
      this.asked.value = "ready";
    } catch (error) {
      const often = error instanceof ApiError && error.code === "slow_down";
      this.asked.value = often ? "too_often" : "ready";
    }
  }
}
