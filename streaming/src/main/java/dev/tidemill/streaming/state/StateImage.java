package dev.tidemill.streaming.state;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.hash.KeyGroups;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot being taken while steps go on. It reads the state in slices, each between two steps;
 * what steps change behind it is read again, until that is little. The last slice reads the rest,
 * so that all is of one step:
 *
 * <pre>
 *   slices   ████   ███   ██        █  last: what the steps since the slice before it have changed
 *   steps        ▒▒▒    ▒▒▒   ▒▒▒▒▒▒ ▒▒▒▒
 * </pre>
 *
 * <p>What a snapshot of a level holds is what has changed since the last of that level or above;
 * one of level {@link #FULL} holds all. Rows that got other numbers meanwhile are read anew.
 *
 * <p>Steps pay for it by marking what they change ({@link ChangedNumbers}) and, while a slice is
 * read, by waiting for its end. No method is called while a step runs.
 */
public final class StateImage {
  /** The level of a snapshot that stands alone. */
  public static final int FULL = ChangedNumbers.LEVELS;

  /** Numbers that are read at once. */
  private static final int CHUNK = 512;

  /** So many numbers may be left to the last slice. */
  private static final int FEW = 2048;

  /**
   * After so many times over, or beginnings anew, the last slice comes, however much steps change.
   */
  private static final int PATIENCE = 4;

  private final MemoryState state;
  private final int level;
  private final SnapshotWriter out = new SnapshotWriter();
  private final List<TablePart> tables = new ArrayList<>();
  private final List<ColumnPart> parts = new ArrayList<>();
  private int passes;
  private int at;

  /** How often rows that had been read got other numbers. */
  private int renumberings;

  /**
   * Begins to take one.
   *
   * @param level from 0 to {@link #FULL}
   */
  public StateImage(MemoryState state, int level) {
    this.state = state;
    this.level = level;
    for (Map.Entry<String, StateTable> table : state.tables()) {
      tables.add(new TablePart(table.getKey(), table.getValue()));
    }
    state
        .columns()
        .forEach(
            (name, columns) -> {
              for (int part = 0; part < columns.parts(); part++) {
                parts.add(new ColumnPart(name, columns, part));
              }
            });
    if (level == FULL) {
      tables.forEach(TablePart::changeAll);
      parts.forEach(part -> part.changes.putBack(null));
    }
    parts.forEach(ColumnPart::more);
  }

  /** A state by key, group after group. */
  private final class TablePart {
    private final String name;
    private final StateTable table;
    private final Set<Integer> taken = new TreeSet<>();
    private int group;

    TablePart(String name, StateTable table) {
      this.name = name;
      this.table = table;
    }

    void changeAll() {
      for (int i = 0; i < KeyGroups.COUNT; i++) {
        table.changeAll(i);
      }
    }

    /** Reads groups until a time; whether that were all. */
    boolean read(long untilNanos) {
      SnapshotWriter.@Nullable Entries entries = null;
      while (group < KeyGroups.COUNT) {
        if (table.isChanged(group, level)) {
          if (entries == null) {
            entries = out.new Entries(name, table.shape(), level == FULL && passes == 0);
          }
          table.takeChanges(group, level, entries);
          taken.add(group);
        }
        group++;
        if (System.nanoTime() > untilNanos) {
          break;
        }
      }
      if (entries != null) {
        entries.end();
      }
      return group == KeyGroups.COUNT;
    }

    void putBack() {
      taken.forEach(table::changeAll);
    }
  }

  /** A part of a state in columns, number after number. */
  private final class ColumnPart {
    private final String name;
    private final ColumnState columns;
    private final int part;
    private final ChangedNumbers changes;

    /** What is still to be read, by number a bit; null for all. */
    private long @Nullable [] left = {};

    private int next;
    private long @Nullable [] taken = {};

    ColumnPart(String name, ColumnState columns, int part) {
      this.name = name;
      this.columns = columns;
      this.part = part;
      this.changes = columns.changes(part);
    }

    /** Takes what steps have changed since. */
    void more() {
      long[] more = changes.take(level);
      long[] known = taken;
      if (more == null) {
        out.anew(name, part);
        taken = null;
      } else if (known != null) {
        taken = ChangedNumbers.or(known, more);
      }
      left = more;
      next = 0;
    }

    boolean isRenumbered() {
      return changes.isRenumbered();
    }

    boolean read(long untilNanos) {
      if (isRenumbered()) {
        renumberings++;
        more();
      }
      int[] numbers = new int[CHUNK];
      int length = columns.length(part);
      while (true) {
        int count = 0;
        while (count < CHUNK && (next = nextLeft(length)) < length) {
          numbers[count++] = next++;
        }
        if (count == 0) {
          return true;
        }
        write(numbers, count);
        if (System.nanoTime() > untilNanos) {
          return false;
        }
      }
    }

    private int nextLeft(int length) {
      long[] bits = left;
      if (bits == null) {
        return next;
      }
      int word = next >>> 6;
      if (word >= bits.length) {
        return length;
      }
      long rest = bits[word] & -1L << next;
      while (rest == 0) {
        if (++word == bits.length) {
          return length;
        }
        rest = bits[word];
      }
      return word << 6 | Long.numberOfTrailingZeros(rest);
    }

    private void write(int[] numbers, int count) {
      int[] live = new int[count];
      int[] gone = new int[count];
      int there = 0;
      int lost = 0;
      for (int i = 0; i < count; i++) {
        if (columns.isThere(part, numbers[i])) {
          live[there++] = numbers[i];
        } else if (left != null) {
          gone[lost++] = numbers[i];
        }
      }
      if (there + lost == 0) {
        return;
      }
      int[] absent = Arrays.copyOf(gone, lost);
      if (there == 0) {
        out.rows(name, part, new ColumnBlock(absent, new int[0], new byte[0]));
        return;
      }
      try (Batch rows = columns.rows(part, live, there)) {
        out.rows(
            name, part, ColumnBlock.of(absent, Arrays.copyOf(live, there), rows, state.memory()));
      }
    }

    void putBack() {
      changes.putBack(taken);
    }
  }

  /**
   * Reads on for about so long, in nanoseconds; whether there is more to read before the last
   * slice.
   */
  public boolean advance(long nanos) {
    long until = System.nanoTime() + nanos;
    while (true) {
      if (renumberings > PATIENCE) {
        // Steps number their rows anew faster than they are read, as windows that close do.
        return false;
      }
      while (at < tables.size() + parts.size()) {
        boolean done;
        if (at < tables.size()) {
          done = tables.get(at).read(until);
        } else {
          done = parts.get(at - tables.size()).read(until);
        }
        if (!done) {
          return true;
        }
        at++;
      }
      if (++passes >= PATIENCE || isLittleLeft()) {
        return false;
      }
      again();
      if (System.nanoTime() > until) {
        return true;
      }
    }
  }

  private boolean isLittleLeft() {
    long left = 0;
    for (ColumnPart part : parts) {
      left += part.isRenumbered() ? FEW + 1 : part.changes.count();
    }
    return left <= FEW;
  }

  private void again() {
    at = 0;
    tables.forEach(table -> table.group = 0);
    parts.forEach(ColumnPart::more);
  }

  /**
   * Reads the rest.
   *
   * @param base what the snapshot is called that it is the changes since, -1 if it holds all
   */
  public void finish(long base) {
    while (at < tables.size() + parts.size()) {
      readRest();
    }
    passes = PATIENCE;
    again();
    for (Map.Entry<String, StateTable> table : state.tables()) {
      if (tables.stream().noneMatch(known -> known.table == table.getValue())) {
        TablePart made = new TablePart(table.getKey(), table.getValue());
        made.changeAll();
        tables.add(made);
      }
    }
    while (at < tables.size() + parts.size()) {
      readRest();
    }
    out.end(state.version(), base);
  }

  private void readRest() {
    if (at < tables.size()) {
      tables.get(at).read(Long.MAX_VALUE);
    } else {
      parts.get(at - tables.size()).read(Long.MAX_VALUE);
    }
    at++;
  }

  /** The bytes since the last that were taken. Any one thread. */
  public byte[] take() {
    return out.take();
  }

  /** It is not kept: what it holds counts as not written. */
  public void abandon() {
    tables.forEach(TablePart::putBack);
    parts.forEach(ColumnPart::putBack);
  }
}
