package dev.tidemill.streaming.pipeline;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.error.ErrorKind;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.format.ValueFormat;
import dev.tidemill.plan.batch.OutputColumn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * {@code 'on_error'='skip'}: the rows of a step that cannot be computed, and how they are found. An
 * operator to which each row matters by itself computes whole batches; of one that fails it
 * computes the halves, and of these the halves that fail, until rows are alone:
 *
 * <pre>
 *   1 2 0 4 5 6 7 8      100 / x fails
 *   1 2 0 4 | 5 6 7 8    the second half is done
 *   1 2 | 0 4            the first half is done
 *       0 | 4            0 is set aside
 * </pre>
 *
 * <p>What a row fails of is its own values (and the time of the step, which is kept), so a step
 * that is taken again sets the same rows aside, and a row that goes fails as it did when it came.
 * The step's own thread.
 */
final class SetAside {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int MOST_CHARACTERS = 1_000;

  /** Class of SQLSTATEs: data exceptions. */
  private static final String OF_DATA = "22";

  /** Class of SQLSTATEs: functions of users. */
  private static final String OF_FUNCTIONS = "38";

  private final List<FailedRow> rows = new ArrayList<>();
  private boolean on;

  void set(boolean skips) {
    on = skips;
  }

  void begin() {
    rows.clear();
  }

  /** The rows of the step. */
  List<FailedRow> take() {
    List<FailedRow> taken = List.copyOf(rows);
    rows.clear();
    return taken;
  }

  /** Whether rows that fail so are set aside. */
  boolean takes(TidemillException failure) {
    String state = failure.code().sqlState();
    return on
        && failure.code().kind() == ErrorKind.USER
        && (state.startsWith(OF_DATA) || state.startsWith(OF_FUNCTIONS));
  }

  /**
   * Does work with the parts of a batch that it does not fail of, in their order, and sets the
   * other rows aside. To be called where the work has failed of the whole batch.
   *
   * @param columns of the batch
   * @param failure what it failed of
   * @param work what it has done of a part that it fails of counts for nothing
   */
  void halve(
      String operator,
      List<OutputColumn> columns,
      Batch batch,
      TidemillException failure,
      Consumer<Batch> work) {
    int count = batch.rowCount();
    if (count <= 1) {
      if (count == 1) {
        add(operator, columns, batch, batch.row(0), failure);
      }
      return;
    }
    int[] all = new int[count];
    for (int i = 0; i < count; i++) {
      all[i] = batch.row(i);
    }
    for (int[] half :
        List.of(Arrays.copyOf(all, count / 2), Arrays.copyOfRange(all, count / 2, count))) {
      try (Batch part = batch.select(new Selection(half, half.length))) {
        TidemillException failed = failureOf(work, part);
        if (failed != null) {
          halve(operator, columns, part, failed, work);
        }
      }
    }
  }

  private @Nullable TidemillException failureOf(Consumer<Batch> work, Batch part) {
    try {
      work.accept(part);
      return null;
    } catch (TidemillException e) {
      if (!takes(e)) {
        throw e;
      }
      return e;
    }
  }

  private void add(
      String operator,
      List<OutputColumn> columns,
      Batch batch,
      int row,
      TidemillException failure) {
    ObjectNode values = MAPPER.createObjectNode();
    for (int i = 0; i < columns.size(); i++) {
      Column column = batch.column(i);
      values.put(
          columns.get(i).name(), column.isNull(row) ? null : ValueFormat.format(column, row));
    }
    String text = values.toString();
    rows.add(
        new FailedRow(
            operator,
            text.length() <= MOST_CHARACTERS ? text : text.substring(0, MOST_CHARACTERS) + "…",
            String.valueOf(failure.getMessage()),
            batch.weightAt(row)));
  }
}
