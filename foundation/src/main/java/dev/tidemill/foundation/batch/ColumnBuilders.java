package dev.tidemill.foundation.batch;

import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Builders of columns side by side. */
public final class ColumnBuilders implements AutoCloseable {
  private final List<ColumnBuilder> builders;

  /**
   * @param expectedRows about how many rows will come
   */
  public ColumnBuilders(List<Type> types, MemoryScope scope, int expectedRows) {
    this.builders = new ArrayList<>(types.size());
    try {
      for (Type type : types) {
        builders.add(ColumnBuilder.of(type, scope, expectedRows));
      }
    } catch (Throwable t) {
      close();
      throw t;
    }
  }

  /** One a type, in their order. */
  public List<ColumnBuilder> all() {
    return Collections.unmodifiableList(builders);
  }

  /** What has been appended as columns, the caller's to close. */
  public List<Column> build() {
    List<Column> columns = new ArrayList<>(builders.size());
    try {
      for (ColumnBuilder builder : builders) {
        columns.add(builder.build());
      }
      return columns;
    } catch (Throwable t) {
      columns.forEach(Column::close);
      throw t;
    }
  }

  @Override
  public void close() {
    builders.forEach(ColumnBuilder::close);
  }
}
