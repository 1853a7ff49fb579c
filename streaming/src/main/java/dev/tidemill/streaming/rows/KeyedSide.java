package dev.tidemill.streaming.rows;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.streaming.state.ChangedNumbers;
import dev.tidemill.streaming.state.Renumbered;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One relation of a {@link KeyedState}: its rows by key, or no more than how many there are; and by
 * row how many of the other side match it.
 */
public final class KeyedSide {
  private final Shape shape;
  private final @Nullable KeyedRows rows;
  private final @Nullable JournaledLongs counts;
  private final @Nullable JournaledLongs matches;

  /** By number of a row, or of a key where rows are not kept. */
  private final ChangedNumbers changes = new ChangedNumbers();

  private KeyedState.Renumbering renumbering = (live, count) -> {};

  /** All weights together. */
  private long total;

  private long committedTotal;

  /**
   * What is kept of a relation.
   *
   * @param types of its rows
   * @param keys the columns of the key
   * @param keepsRows whether the rows are kept
   * @param finds whether rows may go
   * @param counts whether the weights of each key are counted
   * @param matches whether each row has a number of matches
   */
  public record Shape(
      List<Type> types,
      List<Integer> keys,
      boolean keepsRows,
      boolean finds,
      boolean counts,
      boolean matches) {
    public Shape {
      types = List.copyOf(types);
      keys = List.copyOf(keys);
    }

    /** The types of what is written of it, before the weights. */
    List<Type> types(List<Type> keyTypes) {
      return keepsRows ? types : keyTypes;
    }
  }

  KeyedSide(Shape shape, MemoryScope memory) {
    this.shape = shape;
    this.rows = shape.keepsRows ? new KeyedRows(shape.types, shape.finds, memory) : null;
    this.counts = shape.counts ? new JournaledLongs(memory) : null;
    this.matches = shape.matches ? new JournaledLongs(memory) : null;
  }

  public Shape shape() {
    return shape;
  }

  /** Says when rows get other numbers: row {@code live[i]} becomes i. */
  public void onRenumbering(KeyedState.Renumbering told) {
    renumbering = told;
  }

  /** The rows, or null where they are not kept. */
  public @Nullable KeyedRows rows() {
    return rows;
  }

  void ensureKeys(int count) {
    if (rows != null) {
      rows.ensureKeys(count);
    }
    if (counts != null) {
      counts.ensure(count);
    }
  }

  /**
   * Adds weights to rows, {@code which[i]} of key {@code keys[i]}.
   *
   * @param delta whose first columns are the rows
   * @param numbers becomes each row's number, where rows are kept
   */
  public void add(Batch delta, int[] which, int[] keys, long[] weights, int count, int[] numbers) {
    if (rows != null) {
      rows.add(delta, which, keys, weights, count, numbers);
      if (matches != null) {
        matches.ensure(rows.length());
      }
    }
    for (int i = 0; i < count; i++) {
      total = Math.addExact(total, weights[i]);
      if (counts != null) {
        counts.set(keys[i], Math.addExact(counts.get(keys[i]), weights[i]));
      }
    }
  }

  /** The weights of a key's rows together. */
  public long count(int key) {
    return counts == null || key < 0 ? 0 : counts.get(key);
  }

  /** The weights of all rows together. */
  public long total() {
    return total;
  }

  public long matches(int row) {
    return matches == null ? 0 : matches.get(row);
  }

  public void setMatches(int row, long count) {
    if (matches != null && matches.get(row) != count) {
      matches.set(row, count);
    }
  }

  void restoreMatches(int row, long count) {
    if (matches != null) {
      matches.fix(row, count);
    }
  }

  /** Removes all rows of keys. */
  void drop(int[] keys) {
    for (int key : keys) {
      if (rows != null) {
        for (int row = rows.first(key); row >= 0; row = rows.next(row)) {
          if (rows.weight(row) != 0) {
            rows.setWeight(row, 0);
          }
        }
      }
      if (counts != null && counts.get(key) != 0) {
        total -= counts.get(key);
        counts.set(key, 0);
      }
    }
  }

  ChangedNumbers changes() {
    return changes;
  }

  /** Whether there is something to be written of a number. */
  boolean isWritten(int number) {
    return rows != null ? rows.weight(number) != 0 : count(number) != 0;
  }

  int length() {
    return rows == null ? 0 : rows.length();
  }

  int live() {
    return rows == null ? 0 : rows.live();
  }

  void markUsed(boolean[] used) {
    if (rows != null) {
      for (int row = 0; row < rows.length(); row++) {
        used[rows.key(row)] |= rows.weight(row) != 0;
      }
    }
    if (counts != null) {
      for (int key = 0; key < Math.min(used.length, counts.room()); key++) {
        used[key] |= counts.get(key) != 0;
      }
    }
  }

  void commit() {
    if (rows != null) {
      rows.commit(changes);
    }
    if (counts != null) {
      if (rows == null) {
        counts.commit(changes);
      } else {
        counts.commit();
      }
    }
    if (matches != null) {
      matches.commit(changes);
    }
    committedTotal = total;
  }

  void rollback() {
    if (rows != null) {
      rows.rollback();
    }
    if (counts != null) {
      counts.rollback();
    }
    if (matches != null) {
      matches.rollback();
    }
    total = committedTotal;
  }

  /**
   * The side with keys and rows numbered anew.
   *
   * @param liveKeys the keys that stay, ascending
   * @param numbers by key its new number
   */
  Renumbered renumbered(int[] liveKeys, int[] numbers) {
    int[] live = rows == null ? new int[0] : rows.liveRows();
    List<ColumnStore> fewer = rows == null ? List.of() : rows.fewer(live);
    return new Renumbered() {
      private boolean isTaken;

      @Override
      public void take() {
        isTaken = true;
        if (rows != null) {
          rows.renumber(live, fewer, numbers);
          renumbering.accept(live, live.length);
          if (matches != null) {
            matches.renumber(live, live.length);
          }
        }
        if (counts != null) {
          counts.renumber(liveKeys, liveKeys.length);
        }
        changes.renumbered();
      }

      @Override
      public void close() {
        if (!isTaken) {
          fewer.forEach(ColumnStore::close);
        }
      }
    };
  }

  void close() {
    if (rows != null) {
      rows.close();
    }
    if (counts != null) {
      counts.close();
    }
    if (matches != null) {
      matches.close();
    }
  }
}
