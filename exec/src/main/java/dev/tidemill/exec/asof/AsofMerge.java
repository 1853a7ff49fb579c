package dev.tidemill.exec.asof;

import dev.tidemill.exec.pipeline.BatchSink;
import dev.tidemill.exec.pipeline.Source;
import dev.tidemill.exec.pipeline.SourceReader;
import dev.tidemill.exec.pipeline.Worker;
import dev.tidemill.exec.sort.RowSorter;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Batches;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.ColumnBuilders;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.row.EncodedRows;
import dev.tidemill.foundation.row.RowCodec;
import dev.tidemill.foundation.row.SortOrder;
import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * An ASOF join of two sides in the order of key and time, given by one worker: the right side goes
 * on up to the last row that a left row sees.
 *
 * <pre>
 *   left   a 3   a 7   b 1          right  a 2   a 5   a 6   b 4
 *          ▲ seen: a 2                     ▲ the last that was passed
 *                ▲ seen: a 6                           ▲
 *                      ▲ seen: none, the last is of another key
 * </pre>
 */
final class AsofMerge implements Source {
  private final BooleanSupplier isNeeded;
  private final Sorted left;
  private final Sorted right;
  private final List<Type> rightTypes;
  private final TimeWords times;
  private final boolean outer;
  private final MemoryScope memory;
  private final RowCodec codec;

  /** A side and its rows in order, the right one's of equal times by their ties. */
  record Sorted(AsofSide side, RowSorter rows) {}

  /**
   * @param isNeeded whether there is something to merge
   */
  AsofMerge(
      BooleanSupplier isNeeded,
      Sorted left,
      Sorted right,
      List<Type> rightTypes,
      TimeWords times,
      boolean outer,
      MemoryScope memory) {
    this.isNeeded = isNeeded;
    this.left = left;
    this.right = right;
    this.rightTypes = rightTypes;
    this.times = times;
    this.outer = outer;
    this.memory = memory;
    this.codec = RowCodec.of(left.side().keyTypes(), orders(left.side().keyTypes().size()));
  }

  /** As the sorters order keys. */
  private static List<SortOrder> orders(int count) {
    return Collections.nCopies(count, SortOrder.of(false, false));
  }

  @Override
  public boolean isEmpty() {
    return !isNeeded.getAsBoolean();
  }

  @Override
  public int parallelism() {
    return 1;
  }

  @Override
  public SourceReader open(Worker worker) {
    return new Merging();
  }

  /** Some rows of a side. */
  private final class Part implements AutoCloseable {
    private final AsofSide side;
    private final Batch rows;
    private final EncodedRows keys = new EncodedRows();
    private final long[] words;
    private final boolean mayMiss;

    /** Takes over {@code rows}. */
    Part(AsofSide side, Batch rows) {
      this.side = side;
      this.rows = rows;
      this.words = new long[rows.length()];
      this.mayMiss = side.mayMiss(rows);
      try {
        codec.encode(side.keyColumns(rows), null, rows.length(), keys);
        int[] all = Worker.allRows(rows.length());
        times.of(rows.column(side.time()), all, rows.length(), words, 0, memory);
      } catch (Throwable t) {
        rows.close();
        throw t;
      }
    }

    boolean canMatch(int row) {
      return !mayMiss || side.canMatch(rows, row);
    }

    @Override
    public void close() {
      rows.close();
    }
  }

  private final class Merging implements SourceReader {
    /** The right row that comes next is {@code ahead[aheadRow]}; null behind the last. */
    private @Nullable Part ahead;

    private int aheadRow;
    private boolean begun;

    /** The last right row that was passed and can match, or null; not always of {@link #ahead}. */
    private @Nullable Part last;

    private int lastRow;

    @Override
    public boolean advance(BatchSink out) {
      Batch rows = left.rows().next(left.rows().batchRows());
      if (rows == null) {
        return false;
      }
      try (Part part = new Part(left.side(), rows);
          Batch joined = joined(part)) {
        return joined.length() == 0 || out.push(joined);
      }
    }

    /** The left rows with their matches. */
    private Batch joined(Part part) {
      int[] kept = new int[part.rows.length()];
      int count = 0;
      List<Column> columns = new ArrayList<>();
      try (ColumnBuilders builders = new ColumnBuilders(rightTypes, memory, part.rows.length())) {
        for (int row = 0; row < part.rows.length(); row++) {
          boolean found = part.canMatch(row) && seek(part, row);
          if (found) {
            append(builders.all());
          } else if (outer) {
            builders.all().forEach(ColumnBuilder::appendNull);
          }
          kept[count] = row;
          count += found || outer ? 1 : 0;
        }
        try (Batch chosen = Batches.take(part.rows, kept, 0, count, memory)) {
          for (int i = 0; i < chosen.columnCount(); i++) {
            columns.add(chosen.column(i).retain());
          }
        }
        columns.addAll(builders.build());
        return new Batch(count, columns);
      } catch (Throwable t) {
        columns.forEach(Column::close);
        throw t;
      }
    }

    private void append(List<ColumnBuilder> builders) {
      Part match = last;
      if (match == null) {
        throw new IllegalStateException("a match without a row");
      }
      for (int i = 0; i < builders.size(); i++) {
        builders.get(i).appendFrom(match.rows.column(i), lastRow);
      }
    }

    /**
     * Passes the right rows that a left row sees, or that are of keys before; whether it has one.
     */
    private boolean seek(Part part, int row) {
      if (times.seesNone(part.words[row])) {
        return false;
      }
      long limit = times.limit(part.words[row]);
      if (!begun) {
        begun = true;
        readAhead();
      }
      while (ahead != null && isPassed(ahead, part, row, limit)) {
        if (ahead.canMatch(aheadRow)) {
          pass(ahead);
        }
        aheadRow++;
        if (aheadRow == ahead.rows.length()) {
          readAhead();
        }
      }
      return last != null && last.keys.compare(lastRow, part.keys, row) == 0;
    }

    private boolean isPassed(Part right, Part part, int row, long limit) {
      if (!right.canMatch(aheadRow)) {
        return true;
      }
      int compared = right.keys.compare(aheadRow, part.keys, row);
      return compared < 0 || compared == 0 && right.words[aheadRow] <= limit;
    }

    private void pass(Part from) {
      if (last != from) {
        if (last != null) {
          last.close();
        }
        from.rows.retain();
        last = from;
      }
      lastRow = aheadRow;
    }

    private void readAhead() {
      if (ahead != null) {
        ahead.close();
        ahead = null;
      }
      aheadRow = 0;
      Batch rows = right.rows().next(right.rows().batchRows());
      ahead = rows == null ? null : new Part(right.side(), rows);
    }

    @Override
    public void close() {
      if (ahead != null) {
        ahead.close();
        ahead = null;
      }
      if (last != null) {
        last.close();
        last = null;
      }
    }
  }
}
