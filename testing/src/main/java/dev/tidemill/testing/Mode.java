package dev.tidemill.testing;

import java.util.List;
import java.util.Map;

/**
 * A way to run a script. All must give what the script expects.
 *
 * @param name what {@code skipif} and {@code onlyif} call it
 * @param settings of the engine
 * @param rowsPerStep queries run as standing ones that take as many rows a step; 0 as batch
 *     queries, -1 as standing ones in steps of random size
 */
public record Mode(String name, Map<String, String> settings, int rowsPerStep) {
  public static final Mode BATCH = new Mode("batch", Map.of("threads", "2"), 0);

  public static final List<Mode> ALL =
      List.of(
          BATCH,
          new Mode("one_thread", Map.of("threads", "1"), 0),
          new Mode("broadcast", Map.of("threads", "2", "join_distribution", "broadcast"), 0),
          new Mode("shuffle", Map.of("threads", "2", "join_distribution", "shuffle"), 0),
          new Mode("small_memory", Map.of("threads", "2", "memory", "64MB"), 0),
          new Mode(
              "serialized",
              Map.of("threads", "2", "plan_through_json", "true", "exchange_through_ipc", "true"),
              0),
          new Mode("standing_one_row", Map.of("threads", "1"), 1),
          new Mode("standing_random", Map.of("threads", "2"), -1));

  /** Whether queries stand in this mode. */
  public boolean isStanding() {
    return rowsPerStep != 0;
  }
}
