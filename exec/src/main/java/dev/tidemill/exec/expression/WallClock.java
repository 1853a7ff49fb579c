package dev.tidemill.exec.expression;

import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.type.TimeUnits;
import dev.tidemill.foundation.type.Type;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The clocks of a time zone: instants to what they show, and back, by the rules of java.time. What
 * they never show, since they were put forward, counts as that much later; what they show twice is
 * the earlier.
 *
 * <p>Both ways are one addition, of an offset that holds between two changes of the clocks. The
 * loops keep the offset at hand with its bounds, so that a row costs two comparisons and an
 * addition while the offset stays the same, and a binary search where it does not. Immutable.
 *
 * <pre>
 *   Europe/Berlin, 2024    offset +1h        | 2024-03-31T01:00Z   +2h        | 2024-10-27T01:00Z   +1h
 *   the clocks show        … 01:59:59        | 03:00 …             … 02:59:59 | 02:00 …
 *   first of the next      (local)             03:00                            03:00
 * </pre>
 */
final class WallClock {
  /** Changes up to here are looked up once; those behind repeat after 400 years of whole weeks. */
  private static final long FIRST_FAR_SECOND = 4_102_444_800L;

  private static final long CYCLE_SECONDS = 146_097L * 86_400;

  private final ZoneRules rules;

  /** The seconds at which the offsets from the second on begin. */
  private final long[] instants;

  /**
   * What the clocks show when the offsets from the second on begin to hold for reading them: of a
   * gap its end, of an overlap its end.
   */
  private final long[] locals;

  private final int[] offsets;

  /** Whether the clocks go on changing for ever. */
  private final boolean endless;

  /** Seconds from which on the rules themselves are asked, where they go on for ever. */
  private final long firstFarSecond;

  private WallClock(ZoneRules rules) {
    this.rules = rules;
    endless = !rules.getTransitionRules().isEmpty();
    List<ZoneOffsetTransition> changes = new ArrayList<>(rules.getTransitions());
    if (endless) {
      Instant last = changes.isEmpty() ? Instant.ofEpochSecond(0) : changes.getLast().getInstant();
      ZoneOffsetTransition next = rules.nextTransition(last);
      while (next != null && next.toEpochSecond() < FIRST_FAR_SECOND) {
        changes.add(next);
        next = rules.nextTransition(next.getInstant());
      }
    }
    long behind = changes.isEmpty() ? 0 : changes.getLast().toEpochSecond() + 2 * 86_400;
    firstFarSecond = endless ? Math.max(FIRST_FAR_SECOND, behind) : Long.MAX_VALUE;
    instants = new long[changes.size()];
    locals = new long[changes.size()];
    offsets = new int[changes.size() + 1];
    offsets[0] =
        changes.isEmpty()
            ? rules.getOffset(Instant.EPOCH).getTotalSeconds()
            : changes.getFirst().getOffsetBefore().getTotalSeconds();
    for (int i = 0; i < instants.length; i++) {
      ZoneOffsetTransition change = changes.get(i);
      instants[i] = change.toEpochSecond();
      int after = change.getOffsetAfter().getTotalSeconds();
      locals[i] = instants[i] + Math.max(change.getOffsetBefore().getTotalSeconds(), after);
      offsets[i + 1] = after;
    }
  }

  static WallClock of(ZoneId zone) {
    return new WallClock(zone.getRules());
  }

  private long farOffsetAt(long second) {
    return rules.getOffset(Instant.ofEpochSecond(near(second))).getTotalSeconds();
  }

  private long farOffsetOfLocal(long second) {
    return rules
        .getOffset(LocalDateTime.ofEpochSecond(near(second), 0, ZoneOffset.UTC))
        .getTotalSeconds();
  }

  /** A second of the first far 400 years that is of the same day of week and year. */
  private long near(long second) {
    return firstFarSecond + Math.floorMod(second - firstFarSecond, CYCLE_SECONDS);
  }

  private static int changesUpTo(long[] begins, long second) {
    int found = Arrays.binarySearch(begins, second);
    return found >= 0 ? found + 1 : -found - 1;
  }

  /** A column of instants as {@code type}, a TIMESTAMP of their unit; null where one overflows. */
  @Nullable Vector toLocal(Evaluation evaluation, FixedColumn column, Type.Timestamp type) {
    return shifted(evaluation, column, type, type.precision(), true);
  }

  /** What the clocks show as {@code type}, instants of the same unit; null where one overflows. */
  @Nullable Vector toInstant(Evaluation evaluation, FixedColumn column, Type.ZonedTimestamp type) {
    return shifted(evaluation, column, type, type.precision(), false);
  }

  private @Nullable Vector shifted(
      Evaluation evaluation, FixedColumn column, Type type, int precision, boolean toLocal) {
    int length = evaluation.length;
    long perSecond = TimeUnits.perSecond(precision);
    Buffer values = evaluation.allocate(Math.max(1, length) * 8L);
    boolean lost =
        toLocal
            ? toLocal(column.address(), values.address(), length, perSecond)
            : toInstant(column.address(), values.address(), length, perSecond);
    if (lost) {
      evaluation.discard(values);
      return null;
    }
    return evaluation.fixed(type, 8, values, evaluation.validity(column));
  }

  /** Instants in units of a second's part to what the clocks show; whether one overflows. */
  boolean toLocal(long from, long to, int length, long perSecond) {
    boolean lost = false;
    long least = 1;
    long limit = 0;
    long shift = 0;
    for (int i = 0; i < length; i++) {
      long value = Memory.getLong(from + ((long) i << 3));
      if (value < least || value >= limit) {
        long second = Math.floorDiv(value, perSecond);
        boolean far = endless && second >= firstFarSecond;
        int at = far ? 0 : changesUpTo(instants, second);
        shift = (far ? farOffsetAt(second) : offsets[at]) * perSecond;
        least = far ? 1 : begin(instants, at, perSecond);
        limit = far ? 0 : end(instants, at, perSecond);
      }
      long shifted = value + shift;
      lost |= ((value ^ shifted) & (shift ^ shifted)) < 0;
      Memory.putLong(to + ((long) i << 3), shifted);
    }
    return lost;
  }

  /** What the clocks show, in units of a second's part, to instants; whether one overflows. */
  boolean toInstant(long from, long to, int length, long perSecond) {
    boolean lost = false;
    long least = 1;
    long limit = 0;
    long shift = 0;
    for (int i = 0; i < length; i++) {
      long value = Memory.getLong(from + ((long) i << 3));
      if (value < least || value >= limit) {
        long second = Math.floorDiv(value, perSecond);
        boolean far = endless && second >= firstFarSecond;
        int at = far ? 0 : changesUpTo(locals, second);
        shift = -(far ? farOffsetOfLocal(second) : offsets[at]) * perSecond;
        least = far ? 1 : begin(locals, at, perSecond);
        limit = far ? 0 : end(locals, at, perSecond);
      }
      long shifted = value + shift;
      lost |= ((value ^ shifted) & (shift ^ shifted)) < 0;
      Memory.putLong(to + ((long) i << 3), shifted);
    }
    return lost;
  }

  private static long begin(long[] begins, int at, long perSecond) {
    return at == 0 ? Long.MIN_VALUE : units(begins[at - 1], perSecond);
  }

  private long end(long[] begins, int at, long perSecond) {
    return units(at == begins.length ? firstFarSecond : begins[at], perSecond);
  }

  /** Seconds in units, or the bound of what units can say. */
  private static long units(long seconds, long perSecond) {
    if (seconds > Long.MAX_VALUE / perSecond) {
      return Long.MAX_VALUE;
    }
    return seconds < Long.MIN_VALUE / perSecond ? Long.MIN_VALUE : seconds * perSecond;
  }
}
