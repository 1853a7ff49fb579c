package dev.tidemill.storage.catalog;

import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.catalog.TableDefinition.ColumnDefinition;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * {@code t$late}: the rows of a table with a watermark that came too late for a standing query, a
 * table of the database itself. Its columns are the stored ones of {@code t}, of which any may be
 * NULL, then
 *
 * <pre>
 *   query      VARCHAR        the query that they came too late for
 *   step       BIGINT         its step
 *   step_time  TIMESTAMP(6)   when that was
 *   watermark  TIMESTAMP(6)   by which it was decided, that of the step before
 *   source     VARCHAR        where the row was read, or NULL
 *   weight     BIGINT         1; of a row that was removed -1
 * </pre>
 *
 * A name that {@code t} has is followed by an underscore.
 */
public final class LateRows {
  /** Ends the name. */
  public static final String SUFFIX = "$late";

  private static final List<ColumnDefinition> MORE =
      List.of(
          new ColumnDefinition("query", Type.VARCHAR, false, null),
          new ColumnDefinition("step", Type.BIGINT, false, null),
          new ColumnDefinition("step_time", Type.TIMESTAMP, false, null),
          new ColumnDefinition("watermark", Type.TIMESTAMP, true, null),
          new ColumnDefinition("source", Type.VARCHAR, true, null),
          new ColumnDefinition("weight", Type.BIGINT, false, null));

  /** The place of {@code step_time} behind the columns of {@code t}. */
  public static final int STEP_TIME = 2;

  private LateRows() {}

  /** The table's definition, of the connector that keeps it. */
  static TableDefinition definition(TableDefinition of, Schema schema, String connector) {
    List<ColumnDefinition> columns = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Field field : schema.getFields()) {
      columns.add(new ColumnDefinition(field.getName(), ArrowTypes.type(field), true, null));
      names.add(key(field.getName()));
    }
    for (ColumnDefinition more : MORE) {
      String name = more.name();
      while (!names.add(key(name))) {
        name += "_";
      }
      columns.add(new ColumnDefinition(name, more.type(), more.nullable(), null));
    }
    return new TableDefinition(
        of.name() + SUFFIX,
        columns,
        null,
        List.of(),
        false,
        Map.of(TableDefinition.CONNECTOR, connector, "append_only", "true"),
        of.sql());
  }

  private static String key(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
