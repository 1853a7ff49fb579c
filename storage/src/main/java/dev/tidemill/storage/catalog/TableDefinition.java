package dev.tidemill.storage.catalog;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tidemill.foundation.type.Type;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What CREATE TABLE said.
 *
 * @param columns all columns in order, computed ones included; empty where the connector is to
 *     infer them
 * @param watermark or null
 * @param primaryKey column names, possibly none
 * @param keyEnforced whether the key may be trusted (false for NOT ENFORCED)
 * @param options WITH, keys in lower case
 * @param sql canonical text of the statement: what "unchanged" means
 * @param timeZone by whose clocks computed columns and the watermark go, null for UTC
 */
public record TableDefinition(
    String name,
    List<ColumnDefinition> columns,
    @Nullable WatermarkDefinition watermark,
    List<String> primaryKey,
    boolean keyEnforced,
    Map<String, String> options,
    String sql,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String timeZone) {
  public static final String CONNECTOR = "connector";

  public TableDefinition {
    columns = List.copyOf(columns);
    primaryKey = List.copyOf(primaryKey);
    options = Map.copyOf(options);
  }

  /** A table that goes by UTC. */
  public TableDefinition(
      String name,
      List<ColumnDefinition> columns,
      @Nullable WatermarkDefinition watermark,
      List<String> primaryKey,
      boolean keyEnforced,
      Map<String, String> options,
      String sql) {
    this(name, columns, watermark, primaryKey, keyEnforced, options, sql, null);
  }

  /** The same table by the clocks of a zone. */
  public TableDefinition in(@Nullable String zone) {
    return new TableDefinition(
        name, columns, watermark, primaryKey, keyEnforced, options, sql, zone);
  }

  /**
   * A column.
   *
   * @param type of a computed column null until the planner has compiled it
   * @param computed SQL text of the expression, or null for a stored column
   */
  public record ColumnDefinition(
      String name, @Nullable Type type, boolean nullable, @Nullable String computed) {}

  /** {@code WATERMARK FOR column AS expression} (SQL text). */
  public record WatermarkDefinition(String column, String expression) {}

  /**
   * The connector's name, lower case, or null where none is given: a table of the database itself.
   */
  public @Nullable String connector() {
    String name = options.get(CONNECTOR);
    return name == null ? null : name.toLowerCase(Locale.ROOT);
  }

  /** The columns that are stored, in order. */
  public List<ColumnDefinition> storedColumns() {
    return columns.stream().filter(c -> c.computed() == null).toList();
  }
}
