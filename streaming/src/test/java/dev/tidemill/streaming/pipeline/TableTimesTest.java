package dev.tidemill.streaming.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TableTimesTest {
  private static final long SECOND = 1_000_000;

  private static TableTimes after(
      TableTimes before, Map<String, Long> maxima, boolean waiting, long seconds) {
    TableTimes after =
        before.after(List.of("0", "1"), maxima, waiting, false, seconds * SECOND, 30_000);
    return TableTimes.decode(after.encode());
  }

  private static long watermark(TableTimes times, long before) {
    return QueryTimes.watermark(List.of(new QueryTimes.Of(times, 30_000)), before);
  }

  private static long due(TableTimes times) {
    return QueryTimes.dueMicros(List.of(new QueryTimes.Of(times, 30_000)));
  }

  @Test
  void aPartitionWithoutRowsHoldsTheWatermarkUntilItIsIdle() {
    TableTimes first = after(TableTimes.NONE, Map.of("0", 100L), false, 1000);
    assertEquals(Long.MIN_VALUE, watermark(first, Long.MIN_VALUE));
    assertEquals(1030 * SECOND, due(first));
    TableTimes later = after(first, Map.of("0", 200L), false, 1030);
    assertEquals(200, watermark(later, Long.MIN_VALUE));
    assertEquals(Long.MAX_VALUE, due(later));
    TableTimes back = after(later, Map.of("1", 150L), false, 1031);
    assertEquals(200, watermark(back, 200));
    assertEquals(1061 * SECOND, due(back));
  }

  @Test
  void rowsThatWaitKeepPartitionsFromBecomingIdle() {
    TableTimes first = after(TableTimes.NONE, Map.of("0", 100L, "1", 90L), false, 1000);
    TableTimes behind = after(first, Map.of("0", 200L), true, 1100);
    assertEquals(90, watermark(behind, 90));
    assertEquals(1130 * SECOND, due(behind));
  }

  @Test
  void whereAllAreIdleTheWatermarkStays() {
    TableTimes first = after(TableTimes.NONE, Map.of("0", 100L, "1", 90L), false, 1000);
    TableTimes idle = after(first, Map.of(), false, 1040);
    assertEquals(95, watermark(idle, 95));
    assertEquals(Long.MAX_VALUE, due(idle));
  }

  @Test
  void whatHasEndedDoesNotCountUntilAllHas() {
    TableTimes open = after(TableTimes.NONE, Map.of("0", 5L, "1", 7L), false, 1);
    TableTimes ended = open.after(List.of("0", "1"), Map.of(), false, true, SECOND, 0);
    List<QueryTimes.Of> both = List.of(new QueryTimes.Of(open, 0), new QueryTimes.Of(ended, 0));
    assertEquals(5, QueryTimes.watermark(both, Long.MIN_VALUE));
    assertEquals(Long.MAX_VALUE, QueryTimes.watermark(List.of(new QueryTimes.Of(ended, 0)), 5));
  }
}
