package dev.tidemill.streaming.pipeline;

import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.exec.window.PartialWindow;
import dev.tidemill.exec.window.WindowParts;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.SortKey;
import dev.tidemill.plan.batch.WindowPlan;
import dev.tidemill.plan.batch.WindowReach;
import dev.tidemill.plan.expression.Literal;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The parts of partitions whose results a step may change: as they were, and as they are. A list
 * has both what went and what came; along it, what a change reaches is found, then what those rows'
 * frames reach.
 *
 * <pre>
 *   list         a b c d e+ f g- h i j k         ROWS BETWEEN 1 PRECEDING AND CURRENT ROW
 *   changed            . e f g h                 e, and f behind it; g, and h behind it
 *   was / is         c d f g h / c d e f h       computed; of them wanted  f g h / e f h
 * </pre>
 *
 * <p>Places are those of the list of one key.
 */
final class OverParts {
  private final WindowReach reach;
  private final List<SortKey> order;
  private final List<Type> types;
  private final OrderedSide side;
  private final WindowMarks marks;

  /** What went before all rows, or null where none goes. */
  private final @Nullable CarriedTotals carried;

  private final HeapMemory heap;
  private final WindowParts was;
  private final WindowParts is;

  /** Whether words alone tell which rows are peers. */
  private final boolean wordsDecide;

  // Of the key at hand.
  private int key;
  private int length;
  private int[] changed;
  private int changes;
  private int firstWas;
  private int firstIs;

  /** The greatest offsets of rows that were ever there. */
  private long rowsBack;

  private long rowsAhead;

  /** How many rows are there more than once. */
  private long repeated;

  OverParts(
      WindowPlan plan,
      OrderedSide side,
      WindowMarks marks,
      @Nullable CarriedTotals carried,
      HeapMemory heap) {
    this.carried = carried;
    this.reach = Objects.requireNonNull(WindowReach.of(plan));
    this.order = plan.orderKeys();
    this.types = plan.input().columns().stream().map(c -> c.type()).toList();
    this.side = side;
    this.marks = marks;
    this.heap = heap;
    this.was = new WindowParts(heap);
    this.is = new WindowParts(heap);
    this.changed = heap.ints(16);
    this.wordsDecide = order.size() == 1 && isExact(types.get(order.get(0).column()));
  }

  /** Whether values of a type that are equal by their words are. */
  private static boolean isExact(Type type) {
    return switch (type) {
      case Type.Int t -> true;
      case Type.Date t -> true;
      case Type.Time t -> true;
      case Type.Timestamp t -> true;
      case Type.ZonedTimestamp t -> true;
      case Type.Decimal t -> t.precision() <= Type.MAX_SHORT_DECIMAL_PRECISION;
      default -> false;
    };
  }

  WindowParts was() {
    return was;
  }

  WindowParts is() {
    return is;
  }

  /** Nothing is known of any rows. */
  void forget() {
    clear();
    rowsBack = reach.rowsBack();
    rowsAhead = reach.rowsAhead();
    repeated = 0;
  }

  void clear() {
    was.clear();
    is.clear();
  }

  /** A row goes as far back, or ahead, as this. */
  void offset(long rows, boolean ahead) {
    long offset = Math.min(rows, Integer.MAX_VALUE);
    rowsBack = ahead ? rowsBack : Math.max(rowsBack, offset);
    rowsAhead = ahead ? Math.max(rowsAhead, offset) : rowsAhead;
  }

  /** The weight of a row has become another. */
  void weigh(long before, long now) {
    repeated += (now > 1 ? 1 : 0) - (before > 1 ? 1 : 0);
  }

  /**
   * Adds the parts of a key.
   *
   * @param from the first of its rows among the touched ones, {@code to} behind the last
   */
  void add(int ofKey, int from, int to) {
    key = ofKey;
    length = side.lists().length(key);
    findChanged(from, to);
    if (changes == 0) {
      return;
    }
    marks.ensureKeys(key + 1);
    if (reach.first()) {
      findFirsts();
      if (firstWas != firstIs) {
        give(0, length, 0, length);
        return;
      }
    }
    Reached reached = new Reached();
    long more = 0;
    for (int i = 0; i < changes; ) {
      int begin = changed[i];
      int end = begin;
      for (; i < changes && changed[i] == end; i++) {
        more += weight(end) - weightBefore(end);
        end++;
      }
      int next = i < changes ? changed[i] : length;
      reached.add(begin, end, reach.runs() ? length : more != 0 && reach.counts() ? next : end);
      if (reach.runs()) {
        break;
      }
    }
    reached.give();
  }

  /**
   * Adds the rows of a key that go: the first of its list, so many.
   *
   * @param to becomes what all up to them add up to
   */
  void addGone(int ofKey, int gone, CarriedTotals to) {
    key = ofKey;
    length = side.lists().length(key);
    marks.ensureKeys(key + 1);
    int mark = reach.runs() ? marks.last(key) : -1;
    while (mark >= 0 && marks.place(mark) > gone) {
      mark = marks.before(mark);
    }
    int start = mark < 0 ? 0 : marks.place(mark);
    long groups = mark < 0 ? 0 : marks.groups(mark);
    long rows = 0;
    for (int place = 0; place < gone; place++) {
      rows += weight(place);
    }
    int state = mark;
    if (reach.runs() && (mark < 0 || start < gone)) {
      state = marks.reserve();
      is.begin(0, groups, mark, -1);
      for (int place = start; place < gone; place++) {
        boolean isFirst = place == start || !reach.peers() || !arePeers(place - 1, place);
        groups += isFirst ? 1 : 0;
        for (long n = weight(place); n > 0; n--) {
          is.add(row(place), isFirst, false);
        }
      }
      is.mark(state);
      is.end();
    }
    to.add(key, gone, rows, groups, state);
  }

  /** How many rows of a key can go, if none behind the first ones is to be asked for. */
  int whole(int ofKey, int first) {
    key = ofKey;
    length = side.lists().length(key);
    return first == length ? first : groupStart(first);
  }

  private void findChanged(int from, int to) {
    changes = 0;
    changed = heap.grow(changed, to - from);
    boolean many = to - from > length / 16;
    for (int i = from; i < to; i++) {
      int row = OrderedSide.row(side.touched(i));
      long before = side.touchedBefore(i);
      long now = side.weight(row);
      if (now < 0) {
        throw PipelineErrors.removedTooOften();
      }
      weigh(before, now);
      if (before != now && !many) {
        changed[changes++] = side.lists().place(key, row);
      }
    }
    if (many) {
      for (int place = 0; place < length; place++) {
        if (side.isTouched(row(place)) && weightBefore(place) != weight(place)) {
          changed[changes++] = place;
        }
      }
    } else {
      Arrays.sort(changed, 0, changes);
    }
  }

  /**
   * Adds what has become final of a key whose rows come in their order, at the end.
   *
   * @param from the first of its rows among the touched ones, {@code to} behind the last
   * @param ahead the results of so many last rows are not final, unless none comes any more
   */
  void addFinal(int ofKey, int from, int to, int ahead, boolean isOver) {
    key = ofKey;
    length = side.lists().length(key);
    findChanged(from, to);
    giveFinal(changes == 0 ? length : changed[0], ahead, isOver);
  }

  /** Adds the last rows of a key that nothing comes behind any more. */
  void addLast(int ofKey, int ahead) {
    key = ofKey;
    length = side.lists().length(key);
    changes = 0;
    giveFinal(length, ahead, true);
  }

  private void giveFinal(int lengthBefore, int ahead, boolean isOver) {
    marks.ensureKeys(key + 1);
    int first = Math.max(0, lengthBefore - ahead);
    int last = isOver ? length : Math.max(first, length - ahead);
    if (first < last) {
      give(first, last, contextFrom(first), groupEnd(aheadByRows(last, rowsAhead)));
      // nothing of them was given out before
      was.clear();
    }
  }

  private void findFirsts() {
    firstWas = -1;
    firstIs = -1;
    for (int place = 0; place < length && (firstWas < 0 || firstIs < 0); place++) {
      firstWas = firstWas < 0 && weightBefore(place) > 0 ? row(place) : firstWas;
      firstIs = firstIs < 0 && weight(place) > 0 ? row(place) : firstIs;
    }
  }

  /** Ranges that changes reach; those whose rows' frames meet are one. */
  private final class Reached {
    private int from = -1;
    private int to;
    private int contextFrom;
    private int contextTo;

    /**
     * @param end behind the last of some changes next to each other
     * @param until behind the last row that changes in any case
     */
    void add(int begin, int end, int until) {
      int first = backByRows(groupStart(begin), rowsAhead);
      first = Math.min(first, backByGroups(groupStart(begin), reach.groupsAhead()));
      first = Math.min(first, backByValues(begin, reach.valuesAhead()));
      first = groupStart(first);
      int last = Math.max(until, aheadByRows(groupEnd(end), rowsBack));
      last = Math.max(last, aheadByGroups(groupEnd(end), reach.groupsBack()));
      last = Math.max(last, aheadByValues(end - 1, reach.valuesBack()));
      last = groupEnd(last);
      int before = contextFrom(first);
      int behind = aheadByRows(last, rowsAhead);
      behind = Math.max(behind, aheadByGroups(last, reach.groupsAhead()));
      behind = Math.max(behind, aheadByValues(last - 1, reach.valuesAhead()));
      behind = groupEnd(behind);
      if (from >= 0 && before > contextTo) {
        give();
      }
      if (from < 0) {
        from = first;
        to = last;
        contextFrom = before;
        contextTo = behind;
      } else {
        from = Math.min(from, first);
        to = Math.max(to, last);
        contextFrom = Math.min(contextFrom, before);
        contextTo = Math.max(contextTo, behind);
      }
    }

    void give() {
      OverParts.this.give(from, to, contextFrom, contextTo);
      from = -1;
    }
  }

  /** Where the frames of rows from a place on begin, if not with the partition. */
  private int contextFrom(int first) {
    int before = backByRows(first, rowsBack);
    before = Math.min(before, backByGroups(first, reach.groupsBack()));
    before = Math.min(before, backByValues(first, reach.valuesBack()));
    return groupStart(before);
  }

  private int row(int place) {
    return side.lists().row(key, place);
  }

  private long weight(int place) {
    return side.weight(row(place));
  }

  private long weightBefore(int place) {
    return side.weightBefore(row(place));
  }

  /** Whether rows next to each other are peers. */
  private boolean arePeers(int place, int next) {
    if (order.isEmpty()) {
      return true;
    }
    int row = row(place);
    int other = row(next);
    long word = side.lists().word(row);
    if (word != side.lists().word(other)) {
      return false;
    }
    boolean mayBeNull = word == Long.MIN_VALUE || word == Long.MAX_VALUE;
    return wordsDecide && !mayBeNull || side.rows().compare(order, row, other) == 0;
  }

  /** The place itself, or where peers count that of the first peer of the row there. */
  private int groupStart(int place) {
    if (!reach.peers() || place == length) {
      return place;
    }
    if (order.isEmpty()) {
      return 0;
    }
    int start = place;
    while (start > 0 && arePeers(start - 1, start)) {
      start--;
    }
    return start;
  }

  /** The place itself, or where peers count that behind the last peer of the row before it. */
  private int groupEnd(int place) {
    if (!reach.peers() || place == 0) {
      return place;
    }
    if (order.isEmpty()) {
      return length;
    }
    int end = place;
    while (end < length && arePeers(end - 1, end)) {
      end++;
    }
    return end;
  }

  /** Before which there are so many rows fewer, both of what was and of what is. */
  private int backByRows(int place, long rows) {
    int at = place;
    long before = 0;
    long now = 0;
    while (at > 0 && (before < rows || now < rows)) {
      at--;
      before += weightBefore(at);
      now += weight(at);
    }
    return at;
  }

  private int aheadByRows(int place, long rows) {
    int at = place;
    long before = 0;
    long now = 0;
    while (at < length && (before < rows || now < rows)) {
      before += weightBefore(at);
      now += weight(at);
      at++;
    }
    return at;
  }

  private int backByGroups(int place, long groups) {
    int at = place;
    long before = 0;
    long now = 0;
    while (at > 0 && (before < groups || now < groups)) {
      int end = at;
      at = groupStart(at - 1);
      before += isThere(at, end, true) ? 1 : 0;
      now += isThere(at, end, false) ? 1 : 0;
    }
    return at;
  }

  private int aheadByGroups(int place, long groups) {
    int at = place;
    long before = 0;
    long now = 0;
    while (at < length && (before < groups || now < groups)) {
      int start = at;
      at = groupEnd(at + 1);
      before += isThere(start, at, true) ? 1 : 0;
      now += isThere(start, at, false) ? 1 : 0;
    }
    return at;
  }

  private boolean isThere(int from, int to, boolean before) {
    for (int place = from; place < to; place++) {
      if ((before ? weightBefore(place) : weight(place)) > 0) {
        return true;
      }
    }
    return false;
  }

  private int backByValues(int place, List<Literal> distances) {
    if (distances.isEmpty() || place == length) {
      return place;
    }
    long word = side.lists().word(row(place));
    long least = word;
    for (Literal distance : distances) {
      least = Math.min(least, away(word, distance, false));
    }
    return side.lists().first(key, least, false);
  }

  /** The place behind all rows that are no further from the row at a place. */
  private int aheadByValues(int place, List<Literal> distances) {
    if (distances.isEmpty() || place < 0) {
      return place + 1;
    }
    long word = side.lists().word(row(place));
    long greatest = word;
    for (Literal distance : distances) {
      greatest = Math.max(greatest, away(word, distance, true));
    }
    return side.lists().first(key, greatest, true);
  }

  private long away(long word, Literal distance, boolean upwards) {
    SortKey by = order.get(0);
    return PartialWindow.away(types.get(by.column()), by.descending(), word, distance, upwards);
  }

  /** Adds what a range needs to be computed, of which {@code from} to {@code to} is wanted. */
  private void give(int from, int to, int contextFrom, int contextTo) {
    int mark = reach.runs() ? marks.upTo(key, contextFrom) : -1;
    int start = mark >= 0 ? marks.place(mark) : reach.runs() ? 0 : contextFrom;
    long groups = mark >= 0 ? marks.groups(mark) : 0;
    boolean counts = reach.counts();
    was.begin(counts ? rows(start, true) : 0, groups, mark, reach.first() ? firstWas : -1);
    is.begin(counts ? rows(start, false) : 0, groups, mark, reach.first() ? firstIs : -1);
    NewMarks fresh = reach.runs() ? new NewMarks(mark, start, groups) : null;
    int group = 0;
    int groupWas = -1;
    int groupIs = -1;
    for (int place = start; place < contextTo; place++) {
      group += place > start && reach.peers() && !arePeers(place - 1, place) ? 1 : 0;
      boolean isWanted = place >= from && place < to;
      int row = row(place);
      for (long n = weightBefore(place); n > 0; n--) {
        was.add(row, !reach.peers() || group != groupWas, isWanted);
        groupWas = group;
      }
      long now = side.weight(row);
      if (now > 0 && fresh != null) {
        fresh.next(place, !reach.peers() || group != groupIs);
      }
      for (long n = now; n > 0; n--) {
        is.add(row, !reach.peers() || group != groupIs, isWanted);
        groupIs = group;
      }
    }
    was.end();
    is.end();
  }

  /** How many rows stand before a place, or stood there. */
  private long rows(int place, boolean before) {
    long gone = carried == null ? 0 : carried.rows(key);
    long count = gone + place;
    if (repeated > 0) {
      count = gone;
      for (int at = 0; at < place; at++) {
        count += before ? weightBefore(at) : weight(at);
      }
      return count;
    }
    for (int i = 0; i < changes && changed[i] < place; i++) {
      count += (before ? weightBefore(changed[i]) : weight(changed[i])) - 1;
    }
    return count;
  }

  /** Marks behind a place from which on all is computed. */
  private final class NewMarks {
    /** Where in the list the last one is to be. */
    private final int lastPlace;

    /** Where the next one is to be, of the rows that are there. */
    private int next;

    private int there;
    private long groups;
    private boolean isLastGiven;

    NewMarks(int mark, int start, long groups) {
      this.there = start;
      this.groups = groups;
      int end = groupStart(length - 1);
      int first = backByRows(end, rowsAhead);
      first = Math.min(first, backByGroups(end, reach.groupsAhead()));
      first = Math.min(first, backByValues(length - 1, reach.valuesAhead()));
      this.lastPlace = contextFrom(groupStart(first));
      int last = mark < 0 ? 0 : start;
      isLastGiven = lastPlace <= start;
      if (mark >= 0 && start > 0 && !isLastGiven) {
        int before = marks.before(mark) < 0 ? 0 : marks.place(marks.before(mark));
        if (thereBefore(lastPlace, start) - before < WindowMarks.DISTANCE) {
          marks.removeLast(key);
          last = before;
        }
      }
      this.next = last + WindowMarks.DISTANCE;
    }

    /** The place of a row once what went is gone. */
    private int thereBefore(int place, int start) {
      int count = place;
      for (int i = 0; i < changes && changed[i] < place; i++) {
        count -= changed[i] >= start && weight(changed[i]) == 0 ? 1 : 0;
      }
      return count;
    }

    /** A row that is there comes next. */
    void next(int place, boolean isFirstPeer) {
      if (isFirstPeer && !isLastGiven && (there >= next || place >= lastPlace)) {
        isLastGiven = place >= lastPlace;
        if (there >= WindowMarks.FEW) {
          is.mark(marks.add(key, there, groups));
          next = there + WindowMarks.DISTANCE;
        }
      }
      there++;
      groups += isFirstPeer ? 1 : 0;
    }
  }
}
