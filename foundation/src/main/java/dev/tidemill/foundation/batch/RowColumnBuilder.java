package dev.tidemill.foundation.batch;

import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Builds a {@link RowColumn} from {@code List} objects (a value per field) or other columns. */
final class RowColumnBuilder extends ColumnBuilder {
  private final List<ColumnBuilder> fields = new ArrayList<>();

  RowColumnBuilder(Type.Row type, MemoryScope scope, int expectedRows) {
    super(type, scope);
    for (Type.RowField field : type.fields()) {
      fields.add(ColumnBuilder.of(field.type(), scope, expectedRows));
    }
  }

  @Override
  public ColumnBuilder child(int index) {
    return fields.get(index);
  }

  @Override
  public void endNested() {
    appended();
  }

  @Override
  public long variableBytes() {
    long bytes = 0;
    for (ColumnBuilder field : fields) {
      bytes += field.variableBytes();
    }
    return bytes;
  }

  @Override
  void appendAnything() {
    fields.forEach(ColumnBuilder::appendNull);
  }

  @Override
  void appendObject(Object value) {
    List<?> values = (List<?>) value;
    if (values.size() != fields.size()) {
      throw wrong(values.size() + " fields");
    }
    for (int i = 0; i < fields.size(); i++) {
      fields.get(i).appendValue(values.get(i));
    }
    appended();
  }

  @Override
  void appendValid(Column column, int row) {
    RowColumn source = (RowColumn) column;
    for (int i = 0; i < fields.size(); i++) {
      fields.get(i).appendFrom(source.field(i), row);
    }
    appended();
  }

  @Override
  Column buildValues(@Nullable Buffer nulls) {
    try (Partial partial = new Partial()) {
      List<Column> built = new ArrayList<>(fields.size());
      for (ColumnBuilder field : fields) {
        built.add(partial.add(field.build()));
      }
      return partial.done(new RowColumn(type, length, built, nulls));
    }
  }

  @Override
  void closeValues() {
    fields.forEach(ColumnBuilder::close);
  }
}
