package dev.tidemill.exec.expression;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The loops of {@link WallClock} against java.time, for all zones, near their changes and far. */
class WallClockTest {
  private static final int ROWS = 2_000;
  private static final long[] UNITS = {1, 1_000, 1_000_000, 1_000_000_000L};

  private final long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
  private final Random random = new Random(seed);

  @Test
  void agreesWithJavaTimeInEveryZone() {
    try (MemoryScope scope = MemoryScope.root("test", MemoryScope.UNLIMITED);
        Buffer from = scope.allocate(ROWS * 8L);
        Buffer to = scope.allocate(ROWS * 8L)) {
      for (String name : new TreeSet<>(ZoneId.getAvailableZoneIds())) {
        ZoneId zone = ZoneId.of(name);
        long perSecond = UNITS[random.nextInt(UNITS.length)];
        check(zone, perSecond, from, to);
      }
      check(ZoneOffset.ofHoursMinutesSeconds(-3, -30, -52), 1_000_000, from, to);
    }
  }

  private void check(ZoneId zone, long perSecond, Buffer from, Buffer to) {
    WallClock clock = WallClock.of(zone);
    List<Long> seconds = seconds(zone, perSecond);
    String where = zone + " per second " + perSecond + ", seed " + seed;
    for (int i = 0; i < ROWS; i++) {
      put(from, i, seconds.get(i) * perSecond + random.nextLong(perSecond));
    }
    assertFalse(clock.toLocal(from.address(), to.address(), ROWS, perSecond), where);
    for (int i = 0; i < ROWS; i++) {
      Instant instant = Instant.ofEpochSecond(seconds.get(i));
      long offset = zone.getRules().getOffset(instant).getTotalSeconds();
      assertEquals(get(from, i) + offset * perSecond, get(to, i), () -> instant + " " + where);
    }
    assertFalse(clock.toInstant(from.address(), to.address(), ROWS, perSecond), where);
    for (int i = 0; i < ROWS; i++) {
      LocalDateTime local = LocalDateTime.ofEpochSecond(seconds.get(i), 0, ZoneOffset.UTC);
      long shift = local.atZone(zone).toEpochSecond() - seconds.get(i);
      assertEquals(get(from, i) + shift * perSecond, get(to, i), () -> local + " " + where);
    }
  }

  /** Near changes of the clocks, anywhere, and far in the future, sorted in part. */
  private List<Long> seconds(ZoneId zone, long perSecond) {
    List<ZoneOffsetTransition> changes = new ArrayList<>(zone.getRules().getTransitions());
    ZoneOffsetTransition next =
        zone.getRules().nextTransition(Instant.parse("2037-01-01T00:00:00Z"));
    for (int i = 0; i < 40 && next != null; i++) {
      changes.add(next);
      next = zone.getRules().nextTransition(next.getInstant());
    }
    long most = Math.min(Long.MAX_VALUE / perSecond - 100_000, 200_000_000_000L);
    List<Long> seconds = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      long second =
          switch (random.nextInt(changes.isEmpty() ? 2 : 4)) {
            case 0 -> random.nextLong(-most, most);
            case 1 -> random.nextLong(-5_000_000_000L, 5_000_000_000L);
            default ->
                changes.get(random.nextInt(changes.size())).toEpochSecond()
                    + random.nextLong(-90_000, 90_000) / (random.nextBoolean() ? 1 : 3600);
          };
      seconds.add(Math.clamp(second, -most, most));
    }
    if (random.nextBoolean()) {
      seconds.sort(null);
    }
    return seconds;
  }

  @Test
  void saysWhatOverflows() {
    try (MemoryScope scope = MemoryScope.root("test", MemoryScope.UNLIMITED);
        Buffer from = scope.allocate(8);
        Buffer to = scope.allocate(8)) {
      WallClock east = WallClock.of(ZoneId.of("Asia/Tokyo"));
      WallClock west = WallClock.of(ZoneId.of("-08:00"));
      put(from, 0, Long.MAX_VALUE);
      assertTrue(east.toLocal(from.address(), to.address(), 1, 1));
      assertFalse(east.toInstant(from.address(), to.address(), 1, 1));
      assertTrue(west.toInstant(from.address(), to.address(), 1, 1_000_000));
      put(from, 0, Long.MIN_VALUE);
      assertTrue(west.toLocal(from.address(), to.address(), 1, 1_000));
      assertTrue(east.toInstant(from.address(), to.address(), 1, 1));
    }
  }

  private static void put(Buffer buffer, int row, long value) {
    Memory.putLong(buffer.address() + row * 8L, value);
  }

  private static long get(Buffer buffer, int row) {
    return Memory.getLong(buffer.address() + row * 8L);
  }
}
