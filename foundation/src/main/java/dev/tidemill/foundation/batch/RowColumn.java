package dev.tidemill.foundation.batch;

import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** ROW in Arrow's struct layout: a column per field. */
public final class RowColumn extends Column {
  private final List<Column> fields;

  /** Takes ownership of {@code fields}, each of {@code length} rows. */
  public RowColumn(Type type, int length, List<Column> fields, @Nullable Buffer validity) {
    super(type, length, validity);
    this.fields = List.copyOf(fields);
  }

  /** A field's column, borrowed. */
  public Column field(int index) {
    return fields.get(index);
  }

  public int fieldCount() {
    return fields.size();
  }

  @Override
  Object objectAt(int row) {
    List<@Nullable Object> values = new ArrayList<>(fields.size());
    for (Column field : fields) {
      values.add(field.value(row));
    }
    return values;
  }

  @Override
  void closeBuffers() {
    fields.forEach(Column::close);
  }

  @Override
  void chargeBuffersTo(MemoryScope scope) {
    fields.forEach(field -> field.chargeTo(scope));
  }

  @Override
  long bufferBytes() {
    long bytes = 0;
    for (Column field : fields) {
      bytes += field.bytes();
    }
    return bytes;
  }
}
