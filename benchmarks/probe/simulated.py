"""False alarms of many hours, in virtual time: `python -m benchmarks.probe.simulated --hours 100`.

What an hour may have of them cannot be told from minutes of calls. Here a line loses 1 % each way
by chance, 50 packets of sound a second, and is looked at as the node looks at a call's: nothing
but the loss is played, which is what such a line stands at a threshold by.
"""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.probe.beside import most_expected
from tests.sfu.probe.calls import alarms

RESULTS = Path(__file__).parents[1] / "results"
LOSS_RATIO = 0.01


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.probe.simulated")
    parser.add_argument("--hours", type=int, default=100)
    hours = parser.parse_args().hours
    count = sum(alarms(LOSS_RATIO, hours=1, seed=1000 + hour) for hour in range(hours))
    result = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "loss_ratio": LOSS_RATIO,
        "hours": hours,
        "alarms": count,
        "per_h": round(count / hours, 3),
        "per_h_at_most": round(most_expected(count) / hours, 3),
    }
    path = RESULTS / f"alarms-{result['measured_at'][:10]}.json"
    path.write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps(result))


if __name__ == "__main__":
    main()
