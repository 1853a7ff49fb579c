package dev.tidemill.streaming;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemill.storage.table.Backlog;
import dev.tidemill.streaming.pipeline.UnusualRows;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StepHistoryTest {
  private static final Instant BEGUN = Instant.parse("2026-01-01T00:00:00.123456Z");

  private static Map<String, Long> nanos(long step) {
    // An operator that is replaced has another name from then on.
    return step < 700
        ? Map.of("Scan", step)
        : Map.of("Scan", step, "Join " + step / 1500, 2 * step);
  }

  @Test
  void hasTheLastThousandSteps() {
    StepHistory history = new StepHistory();
    for (int step = 0; step < 3_333; step++) {
      history.add(
          new StepProgress(
              "q",
              step,
              BEGUN.plusMillis(step),
              step + 1L,
              step + 2L,
              step + 3L,
              step + 4L,
              UnusualRows.NONE,
              Long.MIN_VALUE + step,
              step / 3.0,
              step + 5L,
              Backlog.NONE,
              Double.NaN,
              nanos(step)),
          step - 1L);
      List<StepHistory.Past> all = history.all();
      assertEquals(Math.min(step + 1, 1000), all.size());
      for (int back = 0; back < all.size(); back += step % 100 == 0 ? 1 : 397) {
        long of = step - back;
        assertEquals(
            new StepHistory.Past(
                of,
                BEGUN.plusMillis(of),
                of + 1,
                of + 2,
                of + 3,
                of + 4,
                Long.MIN_VALUE + of,
                of / 3.0,
                nanos(of),
                of + 5,
                of - 1),
            all.get(all.size() - 1 - back));
      }
    }
  }
}
