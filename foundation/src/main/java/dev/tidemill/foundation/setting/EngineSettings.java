package dev.tidemill.foundation.setting;

import dev.tidemill.foundation.format.TimeZones;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;

/** All settings of the engine, in the order of {@code SHOW SETTINGS}. */
public final class EngineSettings {
  /** Worker threads. */
  public static final Setting<Long> THREADS =
      Setting.number(
          "threads",
          Runtime.getRuntime().availableProcessors(),
          1,
          4096,
          "Worker threads; default one per processor.");

  /** Bytes that queries and state may take together. */
  public static final Setting<Long> MEMORY =
      Setting.bytes("memory", defaultMemory(), "Memory that queries and state may take together.");

  /** Where operators put rows that do not fit their memory. */
  public static final Setting<String> SPILL_DIRECTORY =
      Setting.text(
          "spill_directory",
          System.getProperty("java.io.tmpdir", "."),
          "a directory",
          "Where queries put rows that do not fit their memory.");

  /** Where a recursive query that has no end is stopped. */
  public static final Setting<Long> MAX_RECURSION =
      Setting.number(
          "max_recursion",
          10_000,
          1,
          Long.MAX_VALUE,
          "Most rounds of a WITH RECURSIVE query; one that needs more fails.");

  /** Build sides estimated below this are broadcast. */
  public static final Setting<Long> BROADCAST_THRESHOLD =
      Setting.bytes(
          "broadcast_threshold",
          64L << 20,
          "A join's build side estimated smaller than this is broadcast, else shuffled.");

  /** The most input rows of one step of a standing query. */
  public static final Setting<Long> MAX_ROWS_PER_STEP =
      Setting.number(
          "max_rows_per_step",
          1_000_000,
          1,
          Long.MAX_VALUE,
          "Most input rows that one step of a standing query takes.");

  /** The time that steps are to take: their rows follow it; zero where they do not. */
  public static final Setting<Duration> TARGET_STEP_TIME =
      Setting.duration(
          "target_step_time",
          Duration.ZERO,
          "Time that a step of a standing query is to take: the rows of its steps follow it; 0s where they do not.");

  /** The delay before a step is tried again for the first time. */
  public static final Setting<Duration> RETRY_DELAY =
      Setting.duration(
          "retry_delay",
          Duration.ofMillis(500),
          "Time until a standing query first tries again what failed of trouble outside; it doubles from attempt to attempt.");

  /** What the delay between attempts grows to. */
  public static final Setting<Duration> MAX_RETRY_DELAY =
      Setting.duration(
          "max_retry_delay",
          Duration.ofMinutes(1),
          "Longest time between two attempts of a standing query.");

  /** Attempts in a row. */
  public static final Setting<Long> MAX_RETRIES =
      Setting.number(
          "max_retries",
          1_000_000,
          0,
          Long.MAX_VALUE,
          "Attempts in a row after which a standing query that trouble outside is in the way of stands as FAILED.");

  /** Whether standing queries may be replaced without being asked for. */
  public static final Setting<Boolean> REPLACE_CONFIRMED =
      Setting.flag(
          "replace_confirmed",
          false,
          "CREATE OR REPLACE STANDING QUERY, and in scripts CREATE of a changed one, replaces without a question.");

  /** Whether state may grow for ever. */
  public static final Setting<StateGrowth> UNBOUNDED_STATE =
      Setting.choice(
          "unbounded_state",
          StateGrowth.ALLOW,
          "Forbids new standing queries whose state would grow for as long as rows come.");

  /** Where state is. */
  public static final Setting<StatePlace> STATE =
      Setting.choice(
          "state",
          StatePlace.AUTO,
          "Where standing queries keep their state: auto is in memory until it has half of it, then on disk.");

  /** Rows of a batch that sources aim at. */
  public static final Setting<Long> BATCH_ROWS =
      Setting.number("batch_rows", 4096, 1, 4096, "Rows per batch; small numbers are for tests.");

  /** Overrides the planner's choice for every join. */
  public static final Setting<JoinDistribution> JOIN_DISTRIBUTION =
      Setting.choice(
          "join_distribution",
          JoinDistribution.AUTO,
          "Forces every join that allows it to be broadcast or shuffled.");

  /** What clocks show: TIMESTAMP WITH LOCAL TIME ZONE is read, written and taken apart in it. */
  public static final Setting<ZoneId> TIME_ZONE =
      Setting.zone(
          "time_zone", TimeZones.UTC, "The time zone of TIMESTAMP WITH LOCAL TIME ZONE values.");

  /** Plans of queries are kept and used again while nothing that they depend on changes. */
  public static final Setting<Boolean> PLAN_CACHE =
      Setting.flag(
          "plan_cache", true, "Keeps plans of queries and uses them again for the same text.");

  /** Test mode: every plan is written as JSON and read back before it runs. */
  public static final Setting<Boolean> PLAN_THROUGH_JSON =
      Setting.flag(
          "plan_through_json",
          false,
          "Sends every plan through its JSON form before it runs (for tests).");

  /** Test mode: every batch that crosses an exchange is written as Arrow IPC and read back. */
  public static final Setting<Boolean> EXCHANGE_THROUGH_IPC =
      Setting.flag(
          "exchange_through_ipc",
          false,
          "Sends every batch that crosses an exchange through Arrow IPC (for tests).");

  /** All of the above. */
  public static final List<Setting<?>> ALL =
      List.of(
          THREADS,
          MEMORY,
          SPILL_DIRECTORY,
          MAX_RECURSION,
          BROADCAST_THRESHOLD,
          MAX_ROWS_PER_STEP,
          TARGET_STEP_TIME,
          RETRY_DELAY,
          MAX_RETRY_DELAY,
          MAX_RETRIES,
          REPLACE_CONFIRMED,
          UNBOUNDED_STATE,
          STATE,
          BATCH_ROWS,
          JOIN_DISTRIBUTION,
          TIME_ZONE,
          PLAN_CACHE,
          PLAN_THROUGH_JSON,
          EXCHANGE_THROUGH_IPC);

  private EngineSettings() {}

  /**
   * As much as the heap may take: off-heap memory beside it, on a machine whose memory the JVM
   * sized itself by.
   */
  private static long defaultMemory() {
    return Math.max(Runtime.getRuntime().maxMemory() >> 20 << 20, 256L << 20);
  }
}
