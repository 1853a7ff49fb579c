package dev.tidemill.shell.format;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Type;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Writes one result: {@link #begin}, then batches, then {@link #end}. The rows of a changing result
 * have a column {@code weight} before the others.
 */
public abstract sealed class ResultWriter
    permits BoxWriter, DelimitedWriter, JsonWriter, MarkdownWriter, VerticalWriter {
  private static final String WEIGHT = "weight";

  final Appearance appearance;
  final PrintStream out;
  final List<String> names = new ArrayList<>();
  final List<Type> types = new ArrayList<>();
  private boolean weighted;

  ResultWriter(Appearance appearance) {
    this.appearance = appearance;
    this.out = appearance.out();
  }

  /**
   * @param withWeights whether the batches may have weights
   */
  public final void begin(Schema schema, boolean withWeights) {
    weighted = withWeights;
    if (withWeights) {
      names.add(WEIGHT);
      types.add(Type.BIGINT);
    }
    for (Field field : schema.getFields()) {
      names.add(field.getName());
      types.add(ArrowTypes.type(field));
    }
    writeHeader();
  }

  /** Writes the rows that count; the batch is borrowed for the call. */
  public final void write(Batch batch) {
    @Nullable Object[] row = new @Nullable Object[types.size()];
    for (int i = 0; i < batch.rowCount(); i++) {
      int at = batch.row(i);
      int first = 0;
      if (weighted) {
        row[0] = batch.weightAt(at);
        first = 1;
      }
      for (int c = 0; c < batch.columnCount(); c++) {
        row[first + c] = batch.column(c).value(at);
      }
      writeRow(row);
    }
    if (appearance.live()) {
      flushRows();
    }
  }

  /** The result is complete, or as complete as it gets. */
  public final void end() {
    writeEnd();
    out.flush();
  }

  abstract void writeHeader();

  /**
   * @param row one object per column; reused by the caller
   */
  abstract void writeRow(@Nullable Object[] row);

  /** Shows what is held back, where rows come without end. */
  void flushRows() {
    out.flush();
  }

  abstract void writeEnd();
}
