package dev.tidemill.streaming.pipeline;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.BatchBuilder;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.storage.table.BatchReader;
import dev.tidemill.storage.table.Split;
import dev.tidemill.storage.table.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.apache.arrow.vector.types.pojo.Field;
import org.jspecify.annotations.Nullable;

/**
 * Collects the late rows of a table in a step, with all columns that the table stores. Where the
 * query does not read all, a split that had late rows is read once more; where that cannot be done,
 * the columns that were not read are NULL.
 */
final class LateRowCollector {
  private final Table table;
  private final List<OutputColumn> read;
  private final List<Field> stored;
  private final boolean readsAll;
  private final List<Batch> rows = new ArrayList<>();

  /** Of the split that is being read the numbers of its late rows, in its order, ascending. */
  private long[] numbers = new long[16];

  private int numberCount;

  /** The rows of the split before those of the batch at hand. */
  private long passed;

  /**
   * @param read the columns that the query reads
   */
  LateRowCollector(Table table, List<OutputColumn> read) {
    this.table = table;
    this.read = read;
    this.stored = table.schema().getFields();
    List<String> names = read.stream().map(OutputColumn::name).toList();
    this.readsAll = stored.stream().allMatch(field -> names.contains(field.getName()));
  }

  void begin() {
    rows.forEach(Batch::close);
    rows.clear();
    beginSplit();
  }

  private void beginSplit() {
    numberCount = 0;
    passed = 0;
  }

  /** A batch of the split has been looked at. */
  void passed(Batch batch) {
    passed += batch.rowCount();
  }

  /**
   * Adds late rows of the batch at hand.
   *
   * @param places of the rows among those of the batch that count, ascending
   */
  void add(Batch batch, int[] places, int count, Split split, BatchReader reader, Step step) {
    if (readsAll || !table.replayable()) {
      int[] late = new int[count];
      for (int i = 0; i < count; i++) {
        late[i] = batch.row(places[i]);
      }
      rows.add(lateRows(batch, names(), late, row -> source(split, reader, row), step));
      return;
    }
    if (numbers.length < numberCount + count) {
      numbers = Arrays.copyOf(numbers, Math.max(numbers.length * 2, numberCount + count));
    }
    for (int i = 0; i < count; i++) {
      numbers[numberCount++] = passed + places[i];
    }
  }

  /** Adds late rows that are not as they were read. */
  void add(Batch batch, int[] places, int count, Step step) {
    int[] late = new int[count];
    for (int i = 0; i < count; i++) {
      late[i] = batch.row(places[i]);
    }
    rows.add(lateRows(batch, names(), late, row -> null, step));
  }

  private List<String> names() {
    return read.stream().map(OutputColumn::name).toList();
  }

  /**
   * The split has been read.
   *
   * @param again opens it with the columns given
   */
  void endSplit(Split split, Function<List<String>, BatchReader> again, Step step) {
    if (numberCount > 0) {
      List<String> all = stored.stream().map(Field::getName).toList();
      try (BatchReader reader = again.apply(all)) {
        readAgain(split, reader, all, step);
      }
    }
    beginSplit();
  }

  private void readAgain(Split split, BatchReader reader, List<String> all, Step step) {
    long before = 0;
    int next = 0;
    for (Batch batch = reader.next(); batch != null; batch = reader.next()) {
      try (Batch of = batch) {
        int[] late = new int[of.rowCount()];
        int count = 0;
        while (next < numberCount && numbers[next] < before + of.rowCount()) {
          late[count++] = of.row((int) (numbers[next++] - before));
        }
        if (count > 0) {
          int[] found = Arrays.copyOf(late, count);
          rows.add(lateRows(of, all, found, row -> source(split, reader, row), step));
        }
        before += of.rowCount();
      }
    }
  }

  private static @Nullable String source(Split split, BatchReader reader, int row) {
    long position = reader.positionOf(row);
    if (split.source().isEmpty()) {
      return null;
    }
    return position < 0 ? split.source() : split.source() + ":" + position;
  }

  private Batch lateRows(
      Batch batch,
      List<String> names,
      int[] late,
      Function<Integer, @Nullable String> source,
      Step step) {
    List<Column> columns = new ArrayList<>();
    try (BatchBuilder more =
        BatchBuilder.of(List.of(Type.VARCHAR, Type.BIGINT), step.memory(), late.length)) {
      for (Field field : stored) {
        int place = names.indexOf(field.getName());
        columns.add(
            place < 0
                ? Columns.nulls(ArrowTypes.type(field), late.length, step.memory())
                : Columns.take(batch.column(place), late, 0, late.length, step.memory()));
      }
      for (int row : late) {
        more.appendRow(source.apply(row), batch.weightAt(row));
      }
      try (Batch built = more.build()) {
        columns.add(built.column(0).retain());
        columns.add(built.column(1).retain());
      }
      return new Batch(late.length, columns);
    } catch (Throwable t) {
      columns.forEach(Column::close);
      throw t;
    }
  }

  /** The rows; the caller's from now on. */
  List<Batch> take() {
    List<Batch> taken = List.copyOf(rows);
    rows.clear();
    return taken;
  }
}
