import { Button } from "./button";

interface Props {
  ask: string;
  yes: string;
  no: string;
  onAnswer: (heard: boolean) => void;
}

/** After a test tone: only the person knows whether it was heard. */
export function ToneQuestion({ ask, yes, no, onAnswer }: Props) {
  return (
    <div class="row wrap tone-question" data-testid="tone-question">
      <span class="small">{ask}</span>
      <Button
        size="compact"
        aria-label={`${ask} ${yes}`}
        data-testid="tone-yes"
        onClick={() => onAnswer(true)}
      >
        {yes}
      </Button>
      <Button
        size="compact"
        aria-label={`${ask} ${no}`}
        data-testid="tone-no"
        onClick={() => onAnswer(false)}
      >
        {no}
      </Button>
    </div>
  );
}
